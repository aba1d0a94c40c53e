"""What the notebooks import: activations, the published inputs, printing, instant checks.

It needs numpy alone, and no file of the course's holds a solution.
"""

import numpy as np

from rnn_checks import CheckFailed, alone, check, explain_error, same
from rnn_gradients import check_gradients
from rnn_grading import hand_in, training_steps, watch_cells
from rnn_published import PUBLISHED, printed_values, published_inputs, random_inputs

__all__ = [
    "CheckFailed",
    "adam",
    "alone",
    "check",
    "check_gradients",
    "explain_error",
    "hand_in",
    "print_published",
    "published_inputs",
    "random_inputs",
    "same",
    "sigmoid",
    "softmax",
    "training_steps",
]


def sigmoid(x):
    """The logistic function 1 / (1 + e^-x), elementwise, without overflow for any size of x."""
    positive = np.real(x) >= 0
    e = np.exp(np.where(positive, -x, x))
    return np.where(positive, 1, e) / (1 + e)


def softmax(x):
    """The softmax over axis 0, so each column sums to one, without overflow for any size of x."""
    e = np.exp(x - np.max(np.real(x), axis=0, keepdims=True))
    return e / np.sum(e, axis=0, keepdims=True)


def print_published(name, outputs):
    """Print what the published test cell prints of an exercise's outputs, line for line."""
    for label, value, _ in printed_values(name, outputs, PUBLISHED[name].lines):
        print(label, value)


def adam(parameters, gradients, state, rate=0.01, keep=(0.9, 0.999)):
    """One step of Adam: changes parameters and state in place (Kingma and Ba, ICLR 2015).

    gradients {"dW": array} move parameters {"W": array}; what has no gradient stays as it is.
    state is {} at first; keep are the shares of the old means of gradient and square.
    """
    state["step"] = state.get("step", 0) + 1
    for name in [name for name in parameters if "d" + name in gradients]:
        gradient = gradients["d" + name]
        means = state.setdefault(name, [np.zeros_like(gradient), np.zeros_like(gradient)])
        for mean, share, value in zip(means, keep, (gradient, gradient**2), strict=True):
            mean += (1 - share) * (value - mean)
        first, second = (m / (1 - k ** state["step"]) for m, k in zip(means, keep, strict=True))
        parameters[name] -= rate * first / (np.sqrt(second) + 1e-8)


watch_cells()
