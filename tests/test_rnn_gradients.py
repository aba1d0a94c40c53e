"""rnn_gradients: the gradient check, and the causes that it names."""

import re

import numpy as np
import pytest

from rnn_utils import CheckFailed, check_gradients, same


def central(J, w, h=1e-6):
    """The gradient of J by central differences; w is changed for a moment."""
    gradient = np.zeros_like(w)
    for index in np.ndindex(w.shape):
        kept = w[index]
        w[index] = kept + h
        up = J()
        w[index] = kept - h
        gradient[index] = (up - J()) / (2 * h)
        w[index] = kept
    return gradient


@pytest.fixture
def tanh_loss():
    """J = sum of tanh(W x), its arrays and its gradients."""
    generator = np.random.default_rng(0)
    inputs = {"W": generator.standard_normal((2, 3)), "x": generator.standard_normal((3, 4))}

    def J():
        return np.sum(np.tanh(inputs["W"] @ inputs["x"]))

    dz = 1 - np.tanh(inputs["W"] @ inputs["x"]) ** 2
    return J, inputs, {"dW": dz @ inputs["x"].T, "dx": inputs["W"].T @ dz}


def test_check_gradients_passes_the_right_ones(tanh_loss, capsys):
    """Each gradient has a line with its name, its shape and PASS."""
    J, inputs, gradients = tanh_loss
    assert check_gradients(gradients, J, inputs, central) is None
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["dW", "dx"]
    assert all("relative error" in line and line.endswith("PASS") for line in lines)
    assert "(2, 3)" in lines[0]


def test_check_gradients_leaves_the_arrays_as_they_were(tanh_loss):
    """What numerical_gradient moves for a moment is back in place afterwards."""
    J, inputs, gradients = tanh_loss
    before = {key: array.copy() for key, array in inputs.items()}
    check_gradients(gradients, J, inputs, central)
    assert same(inputs, before)


def test_check_gradients_says_by_which_factor_a_gradient_is_off(tanh_loss, capsys):
    """A mean in the place of a sum is a factor everywhere, and is told so."""
    J, inputs, gradients = tanh_loss
    with pytest.raises(CheckFailed, match=r"^The gradient check fails for dW\.$"):
        check_gradients(gradients | {"dW": gradients["dW"] / 4}, J, inputs, central)
    printed = capsys.readouterr().out
    assert "yours is 0.25 times the numerical one, everywhere" in printed
    assert printed.splitlines()[1].endswith("PASS")


def test_check_gradients_names_the_shape_that_a_gradient_should_have(tanh_loss, capsys):
    """A transposed gradient is told the shape of its array."""
    J, inputs, gradients = tanh_loss
    with pytest.raises(CheckFailed, match="dW"):
        check_gradients(gradients | {"dW": gradients["dW"].T}, J, inputs, central)
    out = capsys.readouterr().out
    assert "a gradient has the shape of its array: expected (2, 3)" in out


def test_check_gradients_names_the_worst_entry(tanh_loss, capsys):
    """One wrong entry is found and named."""
    J, inputs, gradients = tanh_loss
    gradients["dW"][1, 2] += 0.5
    with pytest.raises(CheckFailed, match="dW"):
        check_gradients(gradients, J, inputs, central)
    assert re.search(r"FAIL  worst at \[1, 2\]", capsys.readouterr().out)


def test_check_gradients_says_when_a_gradient_was_never_stored(tanh_loss, capsys):
    """All zeros is a pattern of its own."""
    J, inputs, gradients = tanh_loss
    with pytest.raises(CheckFailed, match="dW"):
        check_gradients(gradients | {"dW": np.zeros((2, 3))}, J, inputs, central)
    assert "yours is zero everywhere" in capsys.readouterr().out


def test_check_gradients_names_the_steps_that_are_wrong(capsys):
    """Of a sequence the steps tell more than the worst entry: here a carry is missing."""
    inputs = {"x": np.random.default_rng(0).standard_normal((2, 3, 4))}
    gradient = 2 * inputs["x"]
    gradient[:, :, :2] += 0.1 * inputs["x"][:, :, 1:3]
    with pytest.raises(CheckFailed, match="dx"):
        check_gradients({"dx": gradient}, lambda: np.sum(inputs["x"] ** 2), inputs, central)
    assert "wrong at t = 0, 1 of 0 to 3" in capsys.readouterr().out


def test_check_gradients_refuses_a_dictionary_that_lacks_what_is_wanted(tanh_loss):
    """Nothing to check is no pass."""
    J, inputs, gradients = tanh_loss
    with pytest.raises(CheckFailed, match="No gradient to check for dW"):
        check_gradients({"dx": gradients["dx"]}, J, inputs, central, ["dx", "dW"])
    with pytest.raises(CheckFailed, match="any array"):
        check_gradients({}, J, inputs, central)


def test_check_gradients_passes_over_what_has_no_array(tanh_loss, capsys):
    """A student may return dz as well; it is said that nothing was checked there."""
    J, inputs, gradients = tanh_loss
    check_gradients(gradients | {"dz": np.ones(3)}, J, inputs, central)
    assert "dz       not checked" in capsys.readouterr().out


def test_check_gradients_names_the_judge_that_is_not_written_yet(tanh_loss):
    """The stub of numerical_gradient gives a sentence, no traceback."""
    J, inputs, gradients = tanh_loss

    def stub(J, w):
        raise NotImplementedError

    with pytest.raises(CheckFailed, match=r"^stub: not done yet"):
        check_gradients(gradients, J, inputs, stub)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_check_gradients_refuses_a_gradient_that_is_not_finite(tanh_loss, capsys, value):
    """NaN and infinity are refused by name, without a warning from numpy."""
    J, inputs, gradients = tanh_loss
    gradients["dx"][0, 0] = value
    with pytest.raises(CheckFailed, match=r"fails for dx\."):
        check_gradients(gradients, J, inputs, central)
    assert "not finite" in capsys.readouterr().out


def test_check_gradients_passes_zero_against_zero():
    """Where nothing depends on the array, a gradient of zeros is right."""
    inputs = {"W": np.ones((2, 2))}
    assert check_gradients({"dW": np.zeros((2, 2))}, lambda: 1.0, inputs, central) is None
