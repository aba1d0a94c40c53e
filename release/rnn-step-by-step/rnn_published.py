"""The exercises as students may know them: what is drawn, what comes out, what is printed.

The tables are data, one file an assignment, rnn_exercises_*.py beside this one. Sizes: n_x inputs,
n_a hidden units, n_y outputs, m examples, T_x time steps (T_da of them in da).
"""

import re
import runpy
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np


class Published(NamedTuple):
    """An exercise: its draws in order, its outputs, the sizes of its public case, its lines.

    draws and outputs read 'name:dimension,dimension', and 'name{ … }' for a dictionary; outputs
    in braces are one dictionary, others a tuple. 'x:m,T_x<n_x' are whole numbers below n_x,
    'Wy=0:n_y,n_a' is not drawn but zero, 'h=0.01' and 'name=Wf' are that number and that text. A
    cache has no dimensions; cache names what stands in it. A line is (label, expected): the
    published cell does print(label, value). also are lines that the checks look at and nothing
    prints; second holds the sizes and such lines of another public case, if there is one.
    """

    assignment: str
    draws: str
    outputs: str
    sizes: dict
    lines: list
    also: list
    cache: list
    second: list


ITEM = re.compile(r"(?P<name>\w+)(=(?P<value>[^:]+))?(:(?P<dims>[^<]+))?(<(?P<below>\w+))?")
SIZES = {"n_x": 3, "m": 10, "n_a": 5, "n_y": 2, "T_x": 1}  # of a public case


def _shape(dimensions, sizes):
    """(5, 8, 1) from 'n_a,n_a+n_x,1'; '()' is the shape of a number."""
    terms = (one.split("+") for one in dimensions.split(",") if one != "()")
    return tuple(sum(sizes.get(term, 1) for term in sums) for sums in terms)


def shapes_of(spec, sizes):
    """{'a': (5, 10), 'caches': None} from 'a:n_a,m caches' and {'n_a': 5, 'm': 10}."""
    items = [ITEM.match(text) for text in spec.split() if text not in "{}"]
    return {item["name"]: item["dims"] and _shape(item["dims"], sizes) for item in items}


def _published(assignment, draws, outputs, printed="", also="", cache="", second=None, **sizes):
    """Read a row of a table; printed and also are 'label | expected; …', second sizes and also."""
    sizes = SIZES | sizes
    sizes.setdefault("T_da", sizes["T_x"])
    shapes = shapes_of(outputs, sizes) if outputs.startswith("{") else {}
    lines = _lines(printed, shapes), _lines(also, shapes)
    more = [(sizes | second, _lines(second["also"], shapes))] if second else []
    return Published(assignment, draws, outputs, sizes, *lines, cache.split(), more)


def _lines(text, shapes):
    """The rows of a table; a row 'dW[3][1] | …' of a dictionary's array stands for two lines.

    shapes are those of the dictionary's entries.
    """
    lines = []
    for row in filter(None, text.split(";")):
        label, expected = (" ".join(part.split()) for part in row.split("|"))
        name, bracket, index = label.partition("[")
        if name in shapes:
            label = f'gradients["{name}"]{bracket}{index} ='
            if shapes[name]:
                lines.append((label, expected))
                label, expected = f'gradients["{name}"].shape =', shapes[name]
        lines.append((label.replace("\\n", "\n").replace("␣", " "), str(expected)))
    return lines


def _tables():
    for path in sorted(Path(__file__).parent.glob("rnn_exercises_*.py")):
        yield runpy.run_path(str(path))


PUBLISHED = {
    name: _published(table["ASSIGNMENT"], **row)
    for table in _tables()
    for name, row in table["EXERCISES"].items()
}
OTHER_SIZES = (  # one example and one time step; more inputs than hidden units
    {"n_x": 2, "n_a": 4, "n_y": 3, "m": 1, "T_x": 1},
    {"n_x": 6, "n_a": 3, "n_y": 5, "m": 2, "T_x": 4},
)


def draw(name, normal, sizes):
    """The inputs of an exercise as {name: array}, drawn in the published order.

    normal(*shape) returns an array of that shape. sizes may also hold a value for an input: it is
    not drawn then.
    """
    inputs = {}
    open_ones = [inputs]
    for text in PUBLISHED[name].draws.split():
        if text == "}":
            open_ones.pop()
        elif text.endswith("{"):
            open_ones.append(open_ones[-1].setdefault(text[:-1], {}))
        else:
            item = ITEM.match(text)
            open_ones[-1][item["name"]] = _drawn(item, normal, sizes)
    return inputs


def _drawn(item, normal, sizes):
    """One input: a constant, or an array of normal or of whole numbers."""
    shape = item["dims"] and _shape(item["dims"], sizes)
    value = sizes.get(item["name"], item["value"])
    if value is not None:
        value = value if re.fullmatch(r"[A-Za-z_]\w*", str(value)) else float(value)
        return np.full(shape, value) if shape else value
    array = normal(*shape)
    return (1e6 * np.abs(array)).astype(int) % sizes[item["below"]] if item["below"] else array


def published_inputs(name, sizes=None):
    """The public inputs of an exercise, in the order in which its functions take them."""
    return tuple(public_draw(name, sizes).values())


def public_draw(name, sizes=None):
    """The public inputs of an exercise by name, of its first case or of the one of these sizes."""
    sizes = sizes or PUBLISHED[name].sizes
    generator, scale = np.random.RandomState(1), sizes.get("scale", 1.0)
    return draw(name, lambda *shape: scale * generator.randn(*shape), sizes)


def random_inputs(name, seed=0, n_x=3, n_a=5, n_y=2, m=4, T_x=6):
    """Small inputs of unequal sizes for an exercise, in the order of published_inputs."""
    sizes = {"n_x": n_x, "n_a": n_a, "n_y": n_y, "m": m, "T_x": T_x, "T_da": T_x}
    generator = np.random.default_rng(seed)
    return tuple(draw(name, lambda *shape: generator.standard_normal(shape), sizes).values())


def draw_names(name):
    """The names of the inputs of an exercise, in the order of published_inputs."""
    return list(_names(name)[0])


def output_names(name):
    """The names of the outputs of an exercise, in order."""
    return list(_names(name)[1])


@cache
def _names(name):
    """Both, read from the table once: every verdict asks for them many times."""
    drawn = draw(name, lambda *shape: np.zeros(shape), PUBLISHED[name].sizes)
    return tuple(drawn), tuple(shapes_of(PUBLISHED[name].outputs, {}))


def returns_dictionary(name):
    """Whether the outputs of an exercise are one dictionary, and no tuple."""
    return PUBLISHED[name].outputs.startswith("{")


def named_outputs(name, result):
    """The outputs by name, of what a function returned; empty if there are more or fewer.

    It returns a dictionary, or its one output alone, or a tuple of its outputs.
    """
    wanted = output_names(name)
    if returns_dictionary(name):
        return result if isinstance(result, dict) else {}
    if len(wanted) == 1:
        return {wanted[0]: result}
    if isinstance(result, (tuple, list)) and len(result) == len(wanted):
        return dict(zip(wanted, result, strict=True))
    return {}


def printed_values(name, outputs, lines):
    """Yield (label, value, expected) for each line of a published cell, given its outputs."""
    named = {"gradients": outputs, "len": len}
    named |= {} if returns_dictionary(name) else named_outputs(name, outputs)
    for label, expected in lines:
        place = label.partition(" =")[0]
        yield label, eval(place, named), expected  # noqa: S307  place is our own text
