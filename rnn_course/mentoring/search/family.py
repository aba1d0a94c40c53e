"""One array in many programs at once.

Hundreds of programs that differ in one line are run in one go: each value is a Family, an array
with one axis more, in front, for the programs (of length 1 where they all agree). FamilyNumpy
stands in the place of numpy for them. What neither of them knows raises, and the caller runs those
programs one by one.
"""

import operator
from types import SimpleNamespace
from typing import Any

import numpy as np

import rnn_utils


class Family:
    """values has shape (programs or 1, *shape): shape is what each program sees."""

    __slots__ = ("values",)
    __array_ufunc__ = None  # numpy leaves every operation with an array to this class

    def __init__(self, values: np.ndarray):
        self.values = values

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape in each program."""
        return self.values.shape[1:]

    @property
    def T(self) -> "Family":
        """The transpose in each program."""
        return Family(np.moveaxis(self.values, 0, -1).T)

    def __getitem__(self, key) -> "Family":
        return Family(self.values[(slice(None), *_key(key))])

    def __setitem__(self, key, value) -> None:
        view = self.values[(slice(None), *_key(key))]
        view[...] = _aligned(value, view.ndim)

    def copy(self) -> "Family":
        """A copy in each program."""
        return Family(self.values.copy())


def _key(key) -> tuple:
    return key if isinstance(key, tuple) else (key,)


def _aligned(value, ndim: int):
    """The values with axes of length 1 behind the first, so that shapes meet at their ends."""
    if not isinstance(value, Family):
        return value
    missing = ndim - value.values.ndim
    if missing < 0:  # numpy would take the programs for an axis of the array
        raise ValueError("there is no room for all axes")
    return value.values.reshape(value.values.shape[:1] + (1,) * missing + value.shape)


def elementwise(function):
    """The function of numbers, for families."""

    def of_families(*values):
        ndim = max((value.values.ndim for value in values if isinstance(value, Family)), default=0)
        if not ndim:
            return function(*values)
        return Family(function(*(_aligned(value, ndim) for value in values)))

    return of_families


def _in_place(function):
    def of_families(self, value):
        function(self.values, _aligned(value, self.values.ndim))
        return self

    return of_families


for _name in ("add", "sub", "mul", "truediv", "pow"):
    _apply = elementwise(getattr(operator, _name))
    setattr(Family, f"__{_name}__", _apply)
    setattr(Family, f"__r{_name}__", lambda self, value, apply=_apply: apply(value, self))
    setattr(Family, f"__i{_name}__", _in_place(getattr(operator, f"i{_name}")))
Family.__neg__ = elementwise(operator.neg)  # type: ignore[operator]


def _dot(left, right):
    if not (isinstance(left, Family) and isinstance(right, Family)):
        return left * right
    if len(left.shape) != 2 or len(right.shape) != 2:
        raise TypeError("only products of matrices are made for many programs at once")
    return Family(left.values @ right.values)


def _over(function):
    """A function that works along an axis."""

    def of_family(array, axis=None, keepdims=False):
        axes = tuple(range(1, array.values.ndim)) if axis is None else _behind(axis, array)
        return Family(function(array.values, axis=axes, keepdims=keepdims))

    return of_family


def _behind(axis: int, array: Family) -> int:
    return range(1, len(array.shape) + 1)[axis]


def _concatenate(arrays, axis=0):
    count = max(len(array.values) for array in arrays)
    values = [
        np.broadcast_to(array.values, (count, *array.shape))
        if len(array.values) < count
        else array.values
        for array in arrays
    ]
    return Family(np.concatenate(values, axis=_behind(axis, arrays[0])))


def _softmax(array):
    return Family(np.swapaxes(rnn_utils.softmax(np.swapaxes(array.values, 0, 1)), 0, 1))


Family.__matmul__ = _dot  # type: ignore[operator]


def family_numpy(count: int) -> dict[str, Any]:
    """np, sigmoid and softmax for count programs, as a function's global names."""

    def filled(value):
        return lambda shape: Family(np.full((count, *np.atleast_1d(shape)), float(value)))

    def like(value):
        return lambda array: Family(np.full((count, *array.shape), float(value)))

    known = {name: elementwise(getattr(np, name)) for name in ("tanh", "exp", "square", "sqrt")}
    known |= {name: elementwise(getattr(np, name)) for name in ("multiply", "add", "subtract")}
    known |= {"dot": _dot, "matmul": _dot, "sum": _over(np.sum), "mean": _over(np.mean)}
    known |= {"max": _over(np.max)}
    known |= {"zeros": filled(0), "ones": filled(1), "zeros_like": like(0), "ones_like": like(1)}
    known |= {"concatenate": _concatenate, "copy": Family.copy}
    known |= {"hstack": lambda arrays: _concatenate(arrays, 1), "vstack": _concatenate}
    return {
        "np": SimpleNamespace(**known),
        "sigmoid": elementwise(rnn_utils.sigmoid),
        "softmax": _softmax,
    }
