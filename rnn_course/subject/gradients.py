"""True gradients, from the reference forward functions alone, by complex step.

f'(w) = Im f(w + ih) / h has no difference of near numbers in it, so h can be as small as 1e-30
and the result is exact to rounding (Squire and Trapp, SIAM Review 40, 1998).
"""

from typing import Any

import numpy as np

from . import reference
from .cases import Case

STEP = 1e-30


class OracleError(Exception):
    """The reference's gradients and the complex step disagree: the machine or we are wrong."""


def loss(case: Case, arrays: dict[str, Any]):
    """J = sum of the upstream gradients times the outputs that they belong to.

    arrays holds the forward arguments by name, the entries of parameters among them.
    """
    given = case.given | {"parameters": case.given["parameters"] | arrays} | arrays
    exercise = case.exercise
    names = [name for name in exercise.drawn if name not in exercise.upstream]
    forward = getattr(reference, exercise.forward)
    outputs = forward(*(given[name] for name in names))
    total = 0
    for position, name in enumerate(exercise.upstream):  # da or da_next, then dc_next
        weight = given[name]
        output = outputs[position][..., : weight.shape[-1]]
        total += np.sum(weight * output)
    return total


def variables(case: Case) -> dict[str, np.ndarray]:
    """What the exercise differentiates by: {'Wf': array} for the gradient 'dWf'."""
    pool = case.given | case.given["parameters"]
    return {output[1:]: pool[output[1:]] for output in case.exercise.outputs}


def directional(case: Case, direction: dict[str, np.ndarray]) -> float:
    """The derivative of the loss along a direction through all variables at once."""
    wrt = variables(case)
    moved = {name: wrt[name] + 1j * STEP * direction[name] for name in direction}
    return float(np.imag(loss(case, moved)) / STEP)


def per_entry(case: Case) -> dict[str, np.ndarray]:
    """Every entry of every gradient, one complex step each: slow, and independent of backward."""
    result = {}
    for name, array in variables(case).items():
        gradient = np.empty(array.shape)
        for index in np.ndindex(array.shape):
            unit = np.zeros(array.shape)
            unit[index] = 1.0
            gradient[index] = directional(case, {name: unit})
        result["d" + name] = gradient
    return result


def certify(case: Case, gradients: dict[str, np.ndarray], rtol: float = 1e-11) -> None:
    """Hold gradients against the complex step, along one random direction through all of them.

    Raises OracleError if they disagree. A wrong entry escapes with probability zero.
    """
    generator = np.random.default_rng(0)
    direction, claimed, size = {}, 0.0, 0.0
    for name, array in variables(case).items():
        v = generator.standard_normal(array.shape)
        slope = gradients["d" + name]
        if slope.shape != array.shape:  # dx covers the steps of da, x may be longer
            v = v[:, :, : slope.shape[2]]
            claimed += float(np.sum(slope * v))
            v = np.concatenate((v, np.zeros((*v.shape[:2], array.shape[2] - v.shape[2]))), axis=2)
        else:
            claimed += float(np.sum(slope * v))
        direction[name] = v
        size += float(np.linalg.norm(slope) * np.linalg.norm(v))
    true = directional(case, direction)
    if not abs(true - claimed) <= rtol * size:
        raise OracleError(
            f"{case.exercise.name}, {case.label}: the reference's slope is {claimed:.12g},"
            f" the complex step's {true:.12g}"
        )
