"""The exercises as data: points for each output, and how the functions depend on each other."""

from dataclasses import dataclass
from functools import cached_property

from rnn_published import PUBLISHED, draw_names, shapes_of

from . import reference

ARGUMENTS = "arguments unchanged"  # counts as an output: earned when another output is right too


@dataclass(frozen=True)
class Exercise:
    """One function to write; the name is the function's, its test cell's and its heading's.

    points maps each output (a cache, a gradient …) to what it earns. cell is the function that
    a sequence function repeats, forward the function whose caches a backward function reads;
    both are empty for the others.
    """

    name: str
    points: dict[str, float]
    cell: str = ""
    forward: str = ""

    @property
    def max_points(self) -> float:
        """What the function is worth in all."""
        return sum(self.points.values())

    @cached_property
    def outputs(self) -> list[str]:
        """The names of what it returns, in order."""
        return list(shapes_of(PUBLISHED[self.name].outputs, {}))

    @cached_property
    def drawn(self) -> list[str]:
        """The names of what is drawn: the forward arguments, then the upstream gradients."""
        return draw_names(self.name)

    @cached_property
    def upstream(self) -> list[str]:
        """The names of the upstream gradients."""
        return [name for name in self.drawn if name.startswith("d")]

    @property
    def reference(self):
        """The right function, from subject/reference."""
        return getattr(reference, self.name)


def _exercise(name: str, points: str, cell: str = "") -> Exercise:
    shares = {output: float(worth) for output, worth in (p.split(":") for p in points.split())}
    forward = name.replace("backward", "forward") if name.endswith("backward") else ""
    return Exercise(name, shares | {ARGUMENTS: 1.0}, cell, forward)


EXERCISES = {
    exercise.name: exercise
    for exercise in (
        _exercise("rnn_cell_forward", "a_next:4 yt_pred:2 cache:1"),
        _exercise("rnn_forward", "a:3 y_pred:2 caches:2", "rnn_cell_forward"),
        _exercise("lstm_cell_forward", "a_next:4 c_next:5 yt:2 cache:2"),
        _exercise("lstm_forward", "a:3 c:2 y:2 caches:2", "lstm_cell_forward"),
        _exercise("rnn_cell_backward", "dxt:2 da_prev:3 dWax:2 dWaa:2 dba:2"),
        _exercise("rnn_backward", "dx:2 da0:3 dWax:2 dWaa:2 dba:2", "rnn_cell_backward"),
        _exercise(
            "lstm_cell_backward",
            "dxt:2 da_prev:3 dc_prev:4 dWf:2 dbf:1 dWi:2 dbi:1 dWc:2 dbc:1 dWo:2 dbo:1",
        ),
        _exercise(
            "lstm_backward",
            "dx:2 da0:3 dWf:1 dbf:1 dWi:1 dbi:1 dWc:1 dbc:1 dWo:1 dbo:1",
            "lstm_cell_backward",
        ),
    )
}
