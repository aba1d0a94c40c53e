"""rnn_utils: what the notebooks train with."""

import numpy as np

from rnn_utils import adam


def test_the_first_step_of_adam_has_the_size_of_its_rate():
    """Whatever the size of the gradient: both means are corrected for their start at zero."""
    parameters = {"W": np.zeros((2, 2))}
    adam(parameters, {"dW": np.array([[1e-3, -2.0], [5.0, -1e3]])}, {}, rate=0.1)
    np.testing.assert_allclose(parameters["W"], [[-0.1, 0.1], [-0.1, 0.1]], rtol=1e-4)


def test_two_steps_of_adam_are_those_of_the_paper():
    """Worked out by hand for one number, with the usual shares."""
    parameters, state = {"b": np.array([1.0])}, {}
    for gradient in (1.0, 3.0):
        adam(parameters, {"db": np.array([gradient])}, state, rate=0.01)
    first = (0.9 * 0.1 * 1 + 0.1 * 3) / (1 - 0.9**2)
    second = (0.999 * 0.001 * 1 + 0.001 * 9) / (1 - 0.999**2)
    expected = 1 - 0.01 * 1 / (1 + 1e-8) - 0.01 * first / (np.sqrt(second) + 1e-8)
    np.testing.assert_allclose(parameters["b"], expected, rtol=1e-12)


def test_adam_leaves_what_has_no_gradient_and_the_gradients_as_they_are():
    """So a part of a network can be held."""
    parameters, gradients = {"W": np.ones(3), "held": np.ones(3)}, {"dW": np.ones(3)}
    adam(parameters, gradients, {})
    assert parameters["held"].tolist() == [1, 1, 1]
    assert gradients["dW"].tolist() == [1, 1, 1]
    assert (parameters["W"] < 1).all()


def test_adam_finds_the_minimum_of_a_bowl():
    """With very different slopes along its axes."""
    parameters, state = {"w": np.array([3.0, -2.0])}, {}
    for _ in range(2000):
        adam(parameters, {"dw": parameters["w"] * np.array([1.0, 100.0])}, state, rate=0.01)
    np.testing.assert_allclose(parameters["w"], 0, atol=1e-3)
