"""mentoring/language: both forms are gradients of the network's loss."""

import numpy as np
import pytest

from rnn_course.mentoring.trace import forms, language

NAMES = ("V", "Wi", "Wf", "Wo", "Wg", "Ui", "Uf", "Uo", "Ug")


@pytest.mark.parametrize("name", [forms.LANGUAGE, forms.LANGUAGE_BY_STEP])
def test_the_forms_are_the_numerical_gradients(name):
    """Each of the nine gradients, at some entries, by central differences."""
    moments = forms.watched(name).moments
    found = list(moments.values())[-1].after[forms.RETURN]
    x, y = language.tokens()
    generator = np.random.default_rng(2)
    for key, gradient in zip(
        ["V", "Wi", "Wf", "Wo", "Wg", "Ui", "Uf", "Uo", "Ug"], found, strict=True
    ):
        weights = language.weights()
        for _ in range(5):
            place = tuple(generator.integers(0, n) for n in weights[key].shape)
            losses = []
            for step in (1e-5, -2e-5):
                weights[key][place] += step
                losses.append(language.loss(x, y, weights))
            weights[key][place] += 1e-5
            assert gradient[place] == pytest.approx((losses[0] - losses[1]) / 2e-5, abs=1e-7)
