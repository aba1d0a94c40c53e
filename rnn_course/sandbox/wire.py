"""The container in which inputs go into a student's process and numbers come out of it.

A JSON tree of tuples, lists, dictionaries, short strings and None, in which a number stands for
an array in a table: shapes, which of them hold whole numbers, and all numbers as float64 in one
base64. Nothing in it is ever executed or unpickled, every size is bounded before it is used, and
what stands in many places (parameters, in every cache) travels once. What is no number and no
container travels as the name of its type.
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
MAX_WHOLE = 2**53  # a whole number that float64 holds exactly
MAX_TEXT = 2_000  # characters of one string
MAX_AXES = 8  # of one array
MAX_KEY = 80  # characters of a key or a type's name
CONTAINERS = {"tuple": tuple, "list": list, "dict": dict}


class WireError(ValueError):
    """The text is not a container, or a container over the limits."""


@dataclass(frozen=True)
class Other:
    """The place of a value that is neither number nor container: all that travels is its type."""

    type_name: str


class _Encoder:
    def __init__(self):
        self.shapes, self.numbers, self.size = [], [], 0
        self.whole, self.rows, self.arrays = [], {}, {}
        self.seen, self.containers, self.items = {}, 0, 0

    def tree(self, value, depth=0):
        """The node of a value; a container that stood at this depth before has a number by now."""
        if not isinstance(value, (dict, tuple, list)):
            self.items += 1
            return self.leaf(value)
        key = (id(value), depth)
        number, size, _ = self.seen.get(key, (None, MAX_ITEMS, None))
        if self.items + size < MAX_ITEMS - MAX_DEPTH:
            self.items += size
            return {"same": number}
        before = self.items
        self.items += 1
        if depth > MAX_DEPTH:
            return {"other": "something nested too deep"}
        node = self.container(value, depth + 1)
        # The value is kept alive beside its number, so that its id stays its own.
        self.seen[key] = (self.containers, self.items - before, value)
        self.containers += 1
        return node

    def container(self, value, depth):
        if isinstance(value, dict):
            pairs = self.within_budget(value.items())
            return {"dict": [[str(k)[:MAX_KEY], self.tree(v, depth)] for k, v in pairs]}
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [self.tree(v, depth) for v in self.within_budget(value)]}

    def within_budget(self, items):
        """The items until the budget is used up: what comes then is left out."""
        return itertools.takewhile(lambda _: self.items < MAX_ITEMS - MAX_DEPTH, items)

    def leaf(self, value):
        """None, a text, the number of an array, or the name of a type."""
        if value is None:
            return None
        if isinstance(value, str):
            self.items += len(value[:MAX_TEXT]) // MAX_KEY  # long texts use the budget up too
            return {"text": str(value[:MAX_TEXT])}
        if not isinstance(value, (np.ndarray, np.generic, int, float)):
            return {"other": type(value).__name__[:MAX_KEY]}
        node, _ = self.arrays.get(id(value), (None, None))
        if node is None:
            node = self.array(np.asarray(value))
            self.arrays[id(value)] = (node, value)  # alive, as above
        return node

    def array(self, array):
        """The number of the array in the table, where equal arrays are one."""
        if array.dtype.kind not in "fiub" or self.size + array.size > MAX_NUMBERS:
            return {"other": f"array of {array.size} {array.dtype}"}
        whole = array.dtype.kind in "iu" and bool((np.abs(array, dtype=float) < MAX_WHOLE).all())
        content = (array.shape, whole, array.astype(NUMBER, copy=False).tobytes())
        number = self.rows.setdefault(content, len(self.rows))
        if number == len(self.shapes):
            self.size += array.size
            self.shapes.append(array.shape)
            self.numbers.append(content[-1])
            self.whole += [number] * whole
        return number


def encode(value: Any) -> str:
    """The container of a value as text; what passes a limit is named or left out."""
    encoder = _Encoder()
    tree = encoder.tree(value)
    numbers = base64.b64encode(b"".join(encoder.numbers)).decode()
    told = {"shapes": encoder.shapes, "whole": encoder.whole, "numbers": numbers, "tree": tree}
    return json.dumps(told)


def decode(text: str) -> Any:
    """The value in a container: arrays are float64 or int64, and read-only.

    Raises WireError for anything that encode cannot have written.
    """
    if not isinstance(text, str) or len(text) > MAX_CHARACTERS:
        raise WireError("the container is larger than the limit")
    try:
        container = json.loads(text)
        arrays = _arrays(container["shapes"], container["numbers"])
        for number in set(container.get("whole", ())):  # named twice, it is looked at once
            arrays[number] = _whole(arrays[number])
        decoder = _Decoder(arrays)
        return decoder.value(container["tree"])
    except WireError:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise WireError(f"not a container: {type(error).__name__}") from error


def _arrays(shapes, numbers) -> list[np.ndarray]:
    if len(shapes) > MAX_ITEMS:
        raise WireError("more arrays than the limit")
    sizes = []
    for shape in shapes:
        if len(shape) > MAX_AXES or not all(type(n) is int and n >= 0 for n in shape):
            raise WireError("an array has no proper shape")
        sizes.append(math.prod(shape))
    if sum(sizes) > MAX_NUMBERS:
        raise WireError("more numbers than the limit")
    flat = np.frombuffer(base64.b64decode(numbers, validate=True), NUMBER)
    if len(flat) != sum(sizes):
        raise WireError("the numbers do not fill the shapes")
    ends = itertools.accumulate(sizes)
    rows = zip(shapes, sizes, ends, strict=True)
    return [flat[end - size : end].reshape(shape) for shape, size, end in rows]


def _whole(array: np.ndarray) -> np.ndarray:
    if not (np.abs(array) < MAX_WHOLE).all() or (array % 1).any():
        raise WireError("an array is not of whole numbers")
    whole = array.astype(np.int64)
    whole.flags.writeable = False
    return whole


class _Decoder:
    def __init__(self, arrays):
        self.arrays, self.budget = arrays, MAX_ITEMS
        self.containers = []  # each with the items in it and its depth

    def value(self, node, depth=0):
        """What a node stands for. Raises WireError and what decode makes one of."""
        if type(node) is int and node >= 0:
            return self.arrays[node]
        if node is None:
            return None
        ((kind, content),) = node.items()
        if kind in CONTAINERS:
            left = self.budget
            value = self.container(kind, content, depth + 1)
            self.containers.append((value, left - self.budget, depth))
            return value
        if kind == "same" and type(content) is int and content >= 0:
            value, size, its_depth = self.containers[content]
            if depth != its_depth:
                raise WireError("a container is named at another depth than its own")
            self.spend(size, depth)
            return value
        if kind in ("text", "other") and isinstance(content, str):
            text = content[:MAX_TEXT].encode("utf-8", "replace").decode()  # no lone surrogates
            return text if kind == "text" else Other(text)
        raise WireError(f"unknown kind {kind!r}")

    def spend(self, items, depth):
        self.budget -= items
        if self.budget < 0 or depth > MAX_DEPTH + 1:
            raise WireError("the container is nested too deep or too long")

    def container(self, kind, content, depth):
        self.spend(len(content), depth)
        if kind == "dict":
            return {str(key): self.value(item, depth) for key, item in content}
        return CONTAINERS[kind]([self.value(item, depth) for item in content])
