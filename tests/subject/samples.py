"""Inputs of any sizes for any function of the table, and trees of arrays, for these tests."""

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from rnn_course.subject.exercises import EXERCISES, reference
from rnn_published import ITEM, PUBLISHED, draw

MODEST = settings(max_examples=25, deadline=None, database=None, derandomize=True)
SMALL = {"n_x": 2, "n_a": 3, "n_y": 2, "m": 2, "T_x": 3}
GATES = [kind + gate for gate in "fico" for kind in "Wb"]
SIZES = st.fixed_dictionaries(
    {key: st.integers(1, 6) for key in ("n_x", "n_a", "n_y", "m", "T_x")}
    | {"name": st.sampled_from([*GATES, "Wy", "by"]), "h": st.sampled_from([0.5, 0.01])}
    | {"largest": st.sampled_from([0.1, 1.0, 50.0])}
)


def drawn(name, sizes, seed=0):
    """Random inputs of a function of the table, by name; da has the steps of x."""
    generator = np.random.default_rng(seed)
    steps = {"T_da": sizes["T_x"]} if "T_x" in sizes else {}
    return draw(name, lambda *shape: generator.standard_normal(shape), steps | sizes)


def inputs_of(name, sizes, seed=0):
    """The same as two lists: forward arguments, upstream gradients."""
    upstream = EXERCISES[name].upstream if name in EXERCISES else []
    values = drawn(name, sizes, seed)
    return [values[key] for key in values if key not in upstream], [values[k] for k in upstream]


def arguments_of(name, sizes, seed=0):
    """What a function is called with; a backward function with right caches."""
    arguments, upstream = inputs_of(name, sizes, seed)
    if not upstream:
        return arguments
    return [*upstream, reference(EXERCISES[name].forward)(*arguments)[-1]]


def flat(values):
    """The inputs by name, those in dictionaries by a path: 'parameters Wf'."""
    paths = {}
    for name, value in values.items():
        if isinstance(value, dict):
            paths |= {f"{name} {key}": entry for key, entry in value.items()}
        else:
            paths[name] = value
    return paths


def items(name):
    """{path: (its constant or None, the size its whole numbers are below or None)}."""
    found, place = {}, ""
    for text in PUBLISHED[name].draws.split():
        if text == "}":
            place = ""
        elif text.endswith("{"):
            place = f"{text[:-1]} "
        else:
            item = ITEM.match(text)
            found[place + item["name"]] = item["value"], item["below"]
    return found


def leaves(value):
    """All that is in a tree and no dictionary, tuple or list."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, (tuple, list)):
        return [leaf for entry in value for leaf in leaves(entry)]
    return [value]


def shapes(value):
    """A tree with the shape of each array in its place."""
    if isinstance(value, dict):
        return {key: shapes(entry) for key, entry in value.items()}
    if isinstance(value, (tuple, list)):
        return type(value)(map(shapes, value))
    return np.shape(value)


def locked(value):
    """The tree, with arrays that cannot be written to."""
    for leaf in leaves(value):
        if isinstance(leaf, np.ndarray):
            leaf.flags.writeable = False
    return value


def assert_equal_trees(one, other, rtol=1e-12):
    """Two trees agree, their arrays to rtol of the largest entry."""
    if isinstance(other, dict):
        assert one.keys() == other.keys()
        for key in other:
            assert_equal_trees(one[key], other[key], rtol)
    elif isinstance(other, (tuple, list)):
        assert type(one) is type(other)
        assert len(one) == len(other)
        for pair in zip(one, other, strict=True):
            assert_equal_trees(*pair, rtol)
    elif isinstance(other, str):
        assert one == other
    else:
        assert np.shape(one) == np.shape(other)
        atol = rtol * max(np.abs(other).max(), 1.0)
        np.testing.assert_allclose(one, other, rtol=0, atol=atol)
