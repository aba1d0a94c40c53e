"""subject/lstm_language_network/reference: against the equations, differentiated by HIPS autograd.

The oracle is a second implementation: one example and one step at a time, one-hot products, a loss
of its own, and no line on gradients. It shares no code with the reference, nor with rnn_utils.
"""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from subject.samples import MODEST, drawn

from rnn_course.subject.lstm_language_network import reference

RTOL = 1e-10  # of the largest entry
SEEDS = st.integers(0, 2**32)
SHAPES = st.fixed_dictionaries(
    {key: st.integers(1, 5) for key in ("n_x", "n_a", "m", "T_x")} | {"n_y": st.integers(2, 5)}
)
SIZES = {
    "sizes all different": {"n_x": 3, "n_a": 5, "n_y": 6, "m": 4, "T_x": 7},
    "one example": {"n_x": 2, "n_a": 6, "n_y": 5, "m": 1, "T_x": 4},
    "one step": {"n_x": 7, "n_a": 3, "n_y": 4, "m": 9, "T_x": 1},
    "one token again and again": {"n_x": 1, "n_a": 4, "n_y": 3, "m": 5, "T_x": 4},
    "more go in than come out": {"n_x": 9, "n_a": 2, "n_y": 2, "m": 3, "T_x": 3},
    "a language": {"n_x": 4, "n_a": 4, "n_y": 4, "m": 4, "T_x": 4},
}


def logistic(z):
    """1 / (1 + e^-z)."""
    return 1 / (1 + anp.exp(-z))


def onehot(token, count):
    """Zeros, and a one where the token is."""
    return np.array([float(k == token) for k in range(count)])


# --- the whole network ---------------------------------------------------------------------


def loss_by_equations(weights, x, y):
    """The mean of -log p(y) over all predictions; weights are the parameters, a0 and c0."""

    def z(gate, a, token):
        W, b = weights["W" + gate], weights["b" + gate]
        return anp.dot(W, anp.concatenate((a, onehot(token, W.shape[1] - len(a))))) + b[:, 0]

    total = 0.0
    for k in range(len(x)):
        a, c = weights["a0"][:, k], weights["c0"][:, k]
        for token, right in zip(x[k], y[k], strict=True):
            f, i, o = (logistic(z(gate, a, token)) for gate in "fio")
            c = f * c + i * anp.tanh(z("c", a, token))
            a = o * anp.tanh(c)
            scores = anp.exp(anp.dot(weights["Wy"], a) + weights["by"][:, 0])
            total = total - anp.log(anp.dot(scores, onehot(right, len(scores))) / anp.sum(scores))
    return total / x.size


def by_autograd(x, y, a0, c0, parameters):
    """The loss, and the gradients of all parameters and of both states, by name."""
    weights = parameters | {"a0": a0, "c0": c0}
    loss, gradients = autograd.value_and_grad(loss_by_equations)(weights, x, y)
    return {"loss": loss} | {"d" + name: gradient for name, gradient in gradients.items()}


def by_reference(x, y, a0, c0, parameters):
    """The same, by the functions that a student's are measured against."""
    _, logits, _, caches = reference.language_forward(x, a0, c0, parameters)
    loss, dlogits = reference.cross_entropy(logits, y)
    return {"loss": loss} | reference.language_backward(dlogits, caches)


def assert_agree(mine, theirs):
    """Every array, to RTOL of its largest entry."""
    assert mine.keys() == theirs.keys()
    for name, right in theirs.items():
        assert np.shape(mine[name]) == np.shape(right), name
        atol = RTOL * np.abs(right).max()
        np.testing.assert_allclose(mine[name], right, rtol=0, atol=atol, err_msg=name)


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_loss_and_all_gradients_are_those_of_the_equations(sizes):
    """Of ten parameters and of both first states, whatever the sizes are."""
    inputs = drawn("language_loss", sizes).values()
    theirs = by_autograd(*inputs)
    assert len(theirs) == 1 + 10 + 2
    assert all(np.abs(right).max() > 1e-6 for right in theirs.values())  # nothing agrees by default
    assert_agree(by_reference(*inputs), theirs)


@MODEST
@given(sizes=SHAPES, seed=SEEDS)
def test_loss_and_all_gradients_are_those_of_the_equations_for_any_sizes(sizes, seed):
    """Sizes of one, equal and unequal ones, tokens that stand twice and tokens that do not."""
    inputs = drawn("language_loss", sizes, seed).values()
    assert_agree(by_reference(*inputs), by_autograd(*inputs))


def planted(values):
    """Yield (name, values) with one entry wrong, each in turn, by 1e-8 of the largest."""
    for name, array in values.items():
        for index in np.ndindex(np.shape(array)):
            wrong = np.array(array)
            wrong[index] += 1e-8 * np.abs(array).max()
            yield name, values | {name: wrong}


def test_a_wrong_entry_of_any_gradient_is_noticed():
    """However small the array, wherever the entry: nothing is compared blindly."""
    inputs = drawn("language_loss", {"n_x": 3, "n_a": 2, "n_y": 4, "m": 3, "T_x": 3}).values()
    mine, theirs = by_reference(*inputs), by_autograd(*inputs)
    assert_agree(mine, theirs)
    for name, wrong in planted(mine):
        with pytest.raises(AssertionError, match=name):
            assert_agree(wrong, theirs)
    for name in mine:
        with pytest.raises(AssertionError):
            assert_agree({key: mine[key] for key in mine if key != name}, theirs)


# --- the network of the post ---------------------------------------------------------------


def objective_of_the_post(parameters, x, h0, c0, dlogits):
    """The sum of dlogits times V h over the steps of a sequence; its gradients are wanted."""
    h, c, total = h0, c0, 0.0
    for token, upstream in zip(x, dlogits, strict=True):
        z = {
            gate: anp.dot(W, h) + anp.dot(U, onehot(token, U.shape[1]))
            for gate, W, U in ((g, parameters["W" + g], parameters["U" + g]) for g in "ifog")
        }
        c = logistic(z["f"]) * c + logistic(z["i"]) * anp.tanh(z["g"])
        h = logistic(z["o"]) * anp.tanh(c)
        total = total + anp.dot(upstream, anp.dot(parameters["V"], h))
    return total


def post_by_autograd(x, h0, c0, parameters, dlogits):
    """The gradients of V and of the eight W and U."""
    gradients = autograd.grad(objective_of_the_post)(parameters, x, h0, c0, dlogits)
    return {"d" + name: gradient for name, gradient in gradients.items()}


def post_by_reference(x, h0, c0, parameters, dlogits):
    """The same, through the cache."""
    _, cache = reference.forum_forward(x, h0, c0, parameters)
    return reference.forum_backward(dlogits, cache)


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_the_gradients_of_the_post_are_those_of_its_equations(sizes):
    """In its own letters: W for the hidden state, U for tokens, V for the output, g for c."""
    inputs = drawn("forum_backward", sizes).values()
    theirs = post_by_autograd(*inputs)
    assert len(theirs) == 9
    assert_agree(post_by_reference(*inputs), theirs)


@MODEST
@given(sizes=SHAPES, seed=SEEDS)
def test_the_gradients_of_the_post_are_those_of_its_equations_for_any_sizes(sizes, seed):
    """One step, one unit and one word among them."""
    inputs = drawn("forum_backward", sizes, seed).values()
    assert_agree(post_by_reference(*inputs), post_by_autograd(*inputs))


def test_a_wrong_entry_of_any_gradient_of_the_post_is_noticed():
    """One entry of one array at a time."""
    inputs = drawn("forum_backward", {"n_x": 3, "n_a": 2, "n_y": 4, "T_x": 4}).values()
    mine, theirs = post_by_reference(*inputs), post_by_autograd(*inputs)
    assert_agree(mine, theirs)
    for name, wrong in planted(mine):
        with pytest.raises(AssertionError, match=name):
            assert_agree(wrong, theirs)
