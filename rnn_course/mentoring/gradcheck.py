"""The gradient checks of the notebooks, run with any functions: {name: relative error}."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from rnn_published import draw_names, random_inputs

from ..subject.exercises import EXERCISES
from . import cells

STEP = 1e-5
Functions = dict[str, Callable]
Arrays = dict[str, Any]


class Parts(NamedTuple):
    """A check: its gradients when they are wanted, the loss of moved arrays, the arrays."""

    gradients: Callable[[], Arrays]
    loss: Callable[[Arrays], Any]
    arrays: Arrays


@dataclass(frozen=True)
class GradientCheck:
    """A notebook's check of one backward function, on its seeded inputs of these sizes."""

    function: str
    sizes: tuple[tuple[str, int], ...] = ()

    @property
    def names(self) -> list[str]:
        """The gradients that it prints."""
        outputs = EXERCISES[self.function].gradients
        states = ("da0", "dc0") if self.function == "language_backward" else ()
        return [name for name in outputs if name not in states]

    @property
    def functions(self) -> set[str]:
        """The functions that it runs."""
        loss = {"cross_entropy"} if self.function in NETWORKS else set[str]()
        return loss.union(cells.chain(self.function))

    def parts(self, functions: Functions) -> Parts:
        """The check with these functions."""
        return NETWORKS.get(self.function, _upstream)(self, functions)

    def numerical(self, functions: Functions) -> Arrays:
        """The numerical gradients: of what the forward functions among these compute."""
        parts = self.parts(functions)
        return {name: _central(parts, name[1:]) for name in self.names}

    def errors(self, functions: Functions, numerical: Arrays) -> dict[str, float]:
        """The relative errors that it prints."""
        mine = self.parts(functions).gradients()
        return {name: relative_error(mine[name], numerical[name]) for name in self.names}


def relative_error(mine: Any, numeric: np.ndarray) -> float:
    """The distance by the sum of the norms; infinite for another shape."""
    if np.shape(mine) != numeric.shape:
        return np.inf
    size = np.linalg.norm(mine) + np.linalg.norm(numeric)
    return float(np.linalg.norm(mine - numeric) / size) if size else 0.0


def _central(parts: Parts, name: str) -> np.ndarray:
    array = parts.arrays[name]
    gradient = np.empty(array.shape)
    for index in np.ndindex(array.shape):
        up, down = array.copy(), array.copy()
        up[index] += STEP
        down[index] -= STEP
        gradient[index] = (parts.loss({name: up}) - parts.loss({name: down})) / (2 * STEP)
    return gradient


def _upstream(check: GradientCheck, functions: Functions) -> Parts:
    """The loss is the sum of the upstream gradients times the outputs that they belong to."""
    exercise = EXERCISES[check.function]
    names, drawn = draw_names(exercise.name), random_inputs(exercise.name, **dict(check.sizes))
    given = dict(zip(names, drawn, strict=True))
    upstream = {name: given.pop(name) for name in exercise.upstream}
    forward, outputs = functions[exercise.forward], EXERCISES[exercise.forward].outputs

    def loss(moved):
        inputs = given | {key: moved[key] for key in moved if key in given}
        inputs["parameters"] = given["parameters"] | moved
        results = forward(*inputs.values())
        return sum(np.sum(upstream[d] * results[outputs.index(d[1:])]) for d in upstream)

    def gradients():
        return functions[exercise.name](*upstream.values(), forward(*given.values())[-1])

    return Parts(gradients, loss, given | given["parameters"])


def _network(check: GradientCheck, functions: Functions) -> Parts:
    """The loss is the network's own, on a few tokens."""
    x, y, a0, c0, parameters, *_ = random_inputs("complex_step", **dict(check.sizes))

    def run(moved):
        _, logits, _, caches = functions["language_forward"](x, a0, c0, parameters | moved)
        return *functions["cross_entropy"](logits, y), caches

    def gradients():
        _, dlogits, caches = run({})
        return functions["language_backward"](dlogits, caches)

    return Parts(gradients, lambda moved: run(moved)[0], parameters)


def _post(check: GradientCheck, functions: Functions) -> Parts:
    """The same in the notation of the forum post, by its own parameters."""
    x, h0, c0, parameters, _ = random_inputs("forum_backward", **dict(check.sizes))
    y = np.arange(len(x)) % len(parameters["V"])

    def run(moved):
        logits, cache = functions["forum_forward"](x, h0, c0, parameters | moved)
        return *functions["cross_entropy"](logits.T[:, None], y[None]), cache

    def gradients():
        _, dlogits, cache = run({})
        return functions["forum_backward"](dlogits[:, 0].T, cache)

    return Parts(gradients, lambda moved: run(moved)[0], parameters)


NETWORKS = {"language_backward": _network, "forum_backward": _post}
_LOOP = (("n_a", 3), ("m", 2), ("T_x", 4))
_SMALL = (("n_x", 5), ("n_a", 3), ("n_y", 4), ("m", 2))
_POST = (("n_x", 4), ("n_a", 3), ("n_y", 5))
CHECKS = (  # as the notebooks have them
    *(GradientCheck("rnn_cell_backward"), GradientCheck("rnn_backward", _LOOP)),
    *(GradientCheck("lstm_cell_backward"), GradientCheck("lstm_backward", _LOOP)),
    *(GradientCheck("language_backward", (*_SMALL, ("T_x", steps))) for steps in (4, 1)),
    *(GradientCheck("forum_backward", (*_POST, ("T_x", steps))) for steps in (4, 1)),
)
