"""The container in which inputs go into a student's process and numbers come out of it.

A JSON tree of tuples, lists, dictionaries, short strings and None, in which a number stands for
an array in a table: float64 in base64. Nothing in it is ever executed or unpickled, every size is
bounded before it is used, and numbers that stand in many places (parameters, in every cache)
travel once. What is no number and no container travels as the name of its type.
"""

import base64
import itertools
import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np

NUMBER = np.dtype("<f8")
MAX_CHARACTERS = 8_000_000  # of one container
MAX_NUMBERS = 200_000  # in all its arrays
MAX_DEPTH = 40
MAX_ITEMS = 20_000  # nodes of the tree
MAX_TEXT = 2_000  # characters of one string
MAX_KEY = 80  # characters of a key or a type's name


class WireError(ValueError):
    """The text is not a container, or a container over the limits."""


@dataclass(frozen=True)
class Other:
    """The place of a value that is neither number nor container: all that travels is its type."""

    type_name: str


class _Encoder:
    def __init__(self):
        self.table, self.rows, self.seen, self.numbers, self.items = [], {}, {}, 0, 0

    def tree(self, value, depth=0):
        """The node of a value; what is the same object, at the same depth, is encoded once."""
        key = (id(value), depth)
        node, size, _ = self.seen.get(key, (None, MAX_ITEMS, None))
        if self.items + size < MAX_ITEMS - MAX_DEPTH:
            self.items += size
            return node
        before = self.items
        node = self.node(value, depth)
        # The value is kept alive beside its node, so that its id stays its own.
        self.seen[key] = (node, self.items - before, value)
        return node

    def node(self, value, depth):
        self.items += 1
        if type(value) is np.ndarray:
            return self.array(value)
        if depth > MAX_DEPTH:
            return {"other": "something nested too deep"}
        if value is None:
            return None
        if isinstance(value, str):
            self.items += len(value[:MAX_TEXT]) // MAX_KEY  # long texts use the budget up too
            return {"text": str(value[:MAX_TEXT])}
        if isinstance(value, dict):
            pairs = self.within_budget(value.items())
            return {"dict": [[str(k)[:MAX_KEY], self.tree(v, depth + 1)] for k, v in pairs]}
        if isinstance(value, (tuple, list)):
            kind = "tuple" if isinstance(value, tuple) else "list"
            return {kind: [self.tree(v, depth + 1) for v in self.within_budget(value)]}
        return self.array(value)

    def within_budget(self, items):
        """The items until the budget is used up: what comes then is left out."""
        return itertools.takewhile(lambda _: self.items < MAX_ITEMS - MAX_DEPTH, items)

    def array(self, value):
        """The number of the array in the table, where equal arrays are one."""
        if not isinstance(value, (np.ndarray, np.generic, int, float)):
            return {"other": type(value).__name__[:MAX_KEY]}
        array = np.asarray(value)
        if array.dtype.kind not in "fiub" or self.numbers + array.size > MAX_NUMBERS:
            return {"other": f"array of {array.size} {array.dtype}"}
        content = (array.shape, array.astype(NUMBER, copy=False).tobytes())
        number = self.rows.setdefault(content, len(self.rows))
        if number == len(self.table):
            self.numbers += array.size
            self.table.append([list(array.shape), base64.b64encode(content[1]).decode()])
        return number


def encode(value: Any) -> str:
    """The container of a value as text; what passes a limit is named or left out."""
    encoder = _Encoder()
    tree = encoder.tree(value)
    return json.dumps({"arrays": encoder.table, "tree": tree})


def decode(text: str) -> Any:
    """The value in a container: arrays are float64 and read-only.

    Raises WireError for anything that encode cannot have written.
    """
    if not isinstance(text, str) or len(text) > MAX_CHARACTERS:
        raise WireError("the container is larger than the limit")
    try:
        container = json.loads(text)
        arrays = _arrays(container["arrays"])
        return _value(container["tree"], arrays, [MAX_ITEMS], MAX_DEPTH + 1)
    except WireError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise WireError(f"not a container: {type(error).__name__}") from error


def _arrays(rows) -> list[np.ndarray]:
    arrays: list[np.ndarray] = []
    numbers = 0
    for shape, data in rows:
        if len(shape) > 8 or not all(type(n) is int and n >= 0 for n in shape):
            raise WireError("an array has no proper shape")
        size = math.prod(shape)
        numbers += size
        if numbers > MAX_NUMBERS or len(arrays) > MAX_ITEMS:
            raise WireError("more numbers than the limit")
        raw = base64.b64decode(data, validate=True)
        if len(raw) != 8 * size:
            raise WireError("an array's numbers do not fill its shape")
        arrays.append(np.frombuffer(raw, NUMBER).reshape(shape))
    return arrays


def _value(node, arrays, budget, depth):
    budget[0] -= 1
    if budget[0] < 0 or depth < 0:
        raise WireError("the container is nested too deep or too long")
    if node is None:
        return None
    if type(node) is int and node >= 0:
        return arrays[node]
    ((kind, content),) = node.items()
    if kind in ("tuple", "list"):
        items = [_value(item, arrays, budget, depth - 1) for item in content]
        return tuple(items) if kind == "tuple" else items
    if kind == "dict":
        return {str(k): _value(v, arrays, budget, depth - 1) for k, v in content}
    if kind in ("text", "other") and isinstance(content, str):
        text = content[:MAX_TEXT].encode("utf-8", "replace").decode()  # no lone surrogates
        return text if kind == "text" else Other(text)
    raise WireError(f"unknown kind {kind!r}")
