"""Two trees of numbers beside each other: whether they are the same, and where they are not."""

from typing import Any

import numpy as np

from ...sandbox.wire import Other

RTOL, ATOL = 1e-5, 1e-8  # single precision is no mistake


def same(got: Any, right: Any, loose: bool = False, nan: bool = False) -> bool:
    """Whether two trees hold the same numbers in the same shapes.

    loose: but for axes of 1; nan: what is no number is like what is none.
    """
    if isinstance(right, dict):
        fits = isinstance(got, dict)
        return fits and all(k in got and same(got[k], v, loose, nan) for k, v in right.items())
    if isinstance(right, (tuple, list)):
        fits = isinstance(got, (tuple, list)) and len(got) == len(right)
        return fits and all(same(g, r, loose, nan) for g, r in zip(got, right, strict=True))
    if isinstance(right, str):
        return isinstance(got, str) and got == right
    if got is None or isinstance(got, (str, Other, dict, tuple, list)):
        return False
    one, other = np.asarray(got), np.asarray(right)
    if loose:
        one, other = np.squeeze(one), np.squeeze(other)
    return one.shape == other.shape and bool(np.allclose(one, other, RTOL, ATOL, nan))


def travels(value: Any) -> bool:
    """Whether a tree of numbers comes to the sandbox and back: complex numbers do not."""
    if isinstance(value, dict):
        return all(map(travels, value.values()))
    if isinstance(value, (tuple, list)):
        return all(map(travels, value))
    return not np.iscomplexobj(value)


def difference(got: Any, right: Any, place: str) -> tuple[str, str, str]:
    """The first place at which two trees differ, and what is there in each."""
    if isinstance(right, (dict, tuple, list)):
        keys = right.keys() if isinstance(right, dict) else range(len(right))
        if type(got) is not type(right) or len(got) != len(right):
            return place, _short(got), _short(right)
        for key in keys:
            if isinstance(got, dict) and key not in got:
                return f"{place}[{key!r}]", "nothing", _short(right[key])
            if not same(got[key], right[key]):
                return difference(got[key], right[key], f"{place}[{key!r}]")
    if isinstance(got, np.ndarray) and got.shape == np.shape(right) != ():
        index = np.argwhere(~np.isclose(got, right, RTOL, ATOL))
        first = tuple(index[0]) if len(index) else (0,) * got.ndim
        where = "".join(f"[{k}]" for k in first)
        return place + where, f"{got[first]:.8g}", f"{right[first]:.8g}"
    return place, _short(got), _short(right)


def _short(value: Any) -> str:
    """A value in a few words."""
    if isinstance(value, (np.ndarray, np.generic, int, float)):
        return f"{float(value):.8g}" if np.ndim(value) == 0 else f"an array of {np.shape(value)}"
    if isinstance(value, (dict, tuple, list)):
        steps = isinstance(value, list) and all(map(_single, value)) and len(value) < 12
        words = f"[{', '.join(map(_short, value))}]" if steps else ""
        return words or f"a {type(value).__name__} of {len(value)}"
    return str(getattr(value, "type_name", value))


def _single(value: Any) -> bool:
    return isinstance(value, (np.ndarray, np.generic, int, float)) and np.ndim(value) == 0
