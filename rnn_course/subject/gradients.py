"""True gradients, from the reference forward functions alone, by complex step.

f'(w) = Im f(w + ih) / h has no difference of near numbers in it, so h can be as small as 1e-30
and the result is exact to rounding (Squire and Trapp, SIAM Review 40, 1998).
"""

from typing import Any

import numpy as np

from rnn_published import draw_names, named_outputs

from .cases import Case
from .exercises import reference

STEP = 1e-30


class OracleError(Exception):
    """The reference's gradients and the complex step disagree: the machine or we are wrong."""


def objective(case: Case, arrays: dict[str, Any]):
    """What the gradients of an exercise are gradients of, with arrays in the place of inputs.

    That is the sum of the upstream gradients times the outputs that they belong to, dc_next of
    c_next; without upstream gradients the first output itself, a loss.
    """
    given = {name: _with(value, arrays) for name, value in (case.given | arrays).items()}
    exercise = case.exercise
    name = exercise.forward or exercise.name
    outputs = reference(name)(*(given[key] for key in draw_names(name)))
    if not exercise.upstream:
        return outputs[0]
    named, total = named_outputs(name, outputs), 0
    for key in exercise.upstream:
        weight = given[key]  # da may cover fewer steps than a
        total += np.sum(weight * named[key[1:]][..., : weight.shape[-1]])
    return total


def _with(value, arrays):
    """A dictionary of inputs with those arrays in it that it has a place for."""
    if not isinstance(value, dict):
        return value
    return {key: arrays.get(key, entry) for key, entry in value.items()}


def variables(case: Case) -> dict[str, np.ndarray]:
    """What the exercise differentiates by: {'Wf': array} for the gradient 'dWf'."""
    pool = dict(case.given)
    for value in case.given.values():
        pool |= value if isinstance(value, dict) else {}
    return {output[1:]: pool[output[1:]] for output in case.exercise.gradients}


def directional(case: Case, direction: dict[str, np.ndarray]) -> float:
    """The derivative of the objective along a direction through all variables at once."""
    wrt = variables(case)
    moved = {name: wrt[name] + 1j * STEP * direction[name] for name in direction}
    return float(np.imag(objective(case, moved)) / STEP)


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
