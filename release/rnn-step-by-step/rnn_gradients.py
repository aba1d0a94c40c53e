"""The notebooks' gradient check: each gradient beside its numerical value, and a likely cause.

Students import it from rnn_utils.
"""

import numpy as np

from rnn_checks import CheckFailed, undone
from rnn_grading import grading

TOLERANCE = 1e-6  # largest relative error of a gradient that is called right


def check_gradients(gradients, J, inputs, numerical_gradient, wanted=()):
    """Print the relative error of every gradient against numerical_gradient(J, array).

    gradients is {'dW': array}, inputs {'W': array}; J() computes the loss from the arrays in
    inputs, which numerical_gradient may change for a moment. wanted names gradients that must be
    there. Raises CheckFailed if one is missing or any relative error exceeds 1e-6. While nbgrader
    grades, nothing is checked: the judge has its own gradients.
    """
    if grading():
        return
    missing = [key for key in wanted if key not in gradients]
    if missing or not gradients:
        raise CheckFailed(f"No gradient to check for {', '.join(missing) or 'any array'}.")
    failed = []
    for key, mine in gradients.items():
        if key[1:] not in inputs:
            print(f"{key:8} not checked: no array named {key[1:]} goes in")
            continue
        try:
            numeric = numerical_gradient(J, inputs[key[1:]])
        except NotImplementedError as error:
            raise CheckFailed(f"{undone(error)}: not done yet, and needed here.") from None
        error, cause = _compare(np.asarray(mine), numeric)
        failed += [] if error <= TOLERANCE else [key]
        verdict = "PASS" if error <= TOLERANCE else f"FAIL  {cause}"
        print(f"{key:8} {np.shape(mine)!s:10} relative error {error:8.1e}  {verdict}")
    if failed:
        raise CheckFailed(f"The gradient check fails for {', '.join(failed)}.")


def _compare(mine, numeric):
    """(relative error, likely cause) of a gradient against its numerical value."""
    if mine.shape != numeric.shape:
        return np.inf, f"a gradient has the shape of its array: expected {numeric.shape}"
    if not (np.isfinite(mine).all() and np.isfinite(numeric).all()):
        return np.inf, "not finite"
    size = np.linalg.norm(mine) + np.linalg.norm(numeric)
    if size == 0:
        return 0.0, ""
    return np.linalg.norm(mine - numeric) / size, _cause(mine, numeric)


def _cause(mine, numeric):
    """What a wrong gradient looks like: a pattern if there is one, else the worst entry."""
    if not mine.any():
        return "yours is zero everywhere: was it ever stored?"
    if not numeric.any():
        return "the numerical one is zero everywhere: does the forward function use the array?"
    ratio = np.sum(mine * numeric) / np.sum(numeric**2)
    if np.allclose(mine, ratio * numeric, rtol=1e-5):
        return f"yours is {ratio:.3g} times the numerical one, everywhere"
    far = np.abs(mine - numeric)
    if mine.ndim == 3:  # one matrix per step
        steps = np.flatnonzero(far.max(axis=(0, 1)) > 1e-5 * np.abs(numeric).max())
        return f"wrong at t = {', '.join(map(str, steps))} of 0 to {mine.shape[2] - 1}"
    return f"worst at {[int(k) for k in np.unravel_index(np.argmax(far), far.shape)]}"
