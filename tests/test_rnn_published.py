"""rnn_published: the published cells as data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_published import (
    ITEM,
    PUBLISHED,
    draw,
    draw_names,
    public_draw,
    published_inputs,
    random_inputs,
    shapes_of,
)

MODEST = settings(max_examples=40, deadline=None, database=None, derandomize=True)
NEW = [  # typed from the published pages: exercise, start of the label, a number of that line
    ("rnn_cell_forward", "a_next[4]", "0.59584544"),
    ("rnn_cell_forward", "a_next[4]", "0.82872037"),
    ("rnn_cell_forward", "yt_pred[1]", "0.01682021"),
    ("rnn_cell_forward", "yt_pred[1]", "0.17746526"),
    ("rnn_forward", "a[4][1]", "-0.99999375"),
    ("rnn_forward", "y_pred[1][3]", "0.11118257"),
    ("rnn_forward", "caches[1][1][3]", "-1.1425182"),
    ("lstm_cell_forward", "a_next[4]", "-0.66408471"),
    ("lstm_cell_forward", "c_next[2]", "-1.64566718"),
    ("lstm_cell_forward", "yt[1]", "0.97057211"),
    ("lstm_cell_forward", "cache[1][3]", "1.41219977"),
    ("lstm_cell_forward", "len(cache)", "10"),
    ("lstm_forward", "a[4][3][6]", "0.172117767533"),
    ("lstm_forward", "y[1][4][3]", "0.95087346185"),
    ("lstm_forward", "c[1][2][1]", "-0.855544916718"),
    ("lstm_forward", "caches[1][1][1]", "0.41005165"),
    ("rnn_cell_backward", 'gradients["dxt"][1][2]', "-1.3872130506"),
    ("rnn_cell_backward", 'gradients["da_prev"][2][3]', "-0.152399493774"),
    ("rnn_cell_backward", 'gradients["dWax"][3][1]', "0.410772824935"),
    ("rnn_cell_backward", 'gradients["dWaa"][1][2]', "1.15034506685"),
    ("rnn_cell_backward", 'gradients["dba"][4]', "0.20023491"),
    ("rnn_backward", 'gradients["dx"][1][2]', "-2.07101689"),
    ("rnn_backward", 'gradients["da0"][2][3]', "-0.314942375127"),
    ("rnn_backward", 'gradients["dWax"][3][1]', "11.2641044965"),
    ("rnn_backward", 'gradients["dWaa"][1][2]', "2.30333312658"),
    ("rnn_backward", 'gradients["dba"][4]', "-0.74747722"),
    ("lstm_cell_backward", 'gradients["dxt"][1][2]', "3.23055911511"),
    ("lstm_cell_backward", 'gradients["dc_prev"][2][3]', "0.797522038797"),
    ("lstm_cell_backward", 'gradients["dWc"][3][1]', "2.30456216369"),
    ("lstm_cell_backward", 'gradients["dbo"][4]', "0.13893342"),
    ("lstm_backward", 'gradients["dx"][1][2]', "-0.48292508"),
    ("lstm_backward", 'gradients["da0"][2][3]', "0.312770310257"),
    ("lstm_backward", 'gradients["dWf"][3][1]', "-0.0809802310938"),
    ("lstm_backward", 'gradients["dWi"][1][2]', "0.40512433093"),
    ("lstm_backward", 'gradients["dWo"][1][2]', "0.038948775763"),
    ("lstm_backward", 'gradients["dbc"][4]', "-0.42510818"),
]
FIRST = {  # the arguments in order, then the upstream gradients, which come last
    "rnn_cell_forward": "xt a_prev parameters",
    "rnn_forward": "x a0 parameters",
    "lstm_cell_forward": "xt a_prev c_prev parameters",
    "lstm_forward": "x a0 parameters",
    "rnn_cell_backward": "xt a_prev parameters da_next",
    "rnn_backward": "x a0 parameters da",
    "lstm_cell_backward": "xt a_prev c_prev parameters da_next dc_next",
    "lstm_backward": "x a0 parameters da",
}
SECOND = {
    "token_cell_forward": "xt a_prev c_prev parameters",
    "language_forward": "x a0 c0 parameters",
    "cross_entropy": "logits y",
    "token_cell_backward": "xt a_prev c_prev parameters da_next dc_next",
    "language_backward": "x a0 c0 parameters dlogits",
    "language_loss": "x y a0 c0 parameters",
    "relative_errors": "gradients numerical",
    "central_difference": "x y a0 c0 parameters name h",
    "complex_step": "x y a0 c0 parameters name",
    "forum_forward": "x h0 c0 parameters",
    "forum_backward": "x h0 c0 parameters dlogits",
    "clip_gradients": "gradients largest",
}
DRAWN = FIRST | SECOND
GIVEN = ("language_loss", "forum_forward")  # in the notebook, so nothing of theirs is looked at
sizes_of_all = st.fixed_dictionaries(
    {key: st.integers(1, 6) for key in ("n_x", "n_a", "n_y", "m", "T_x", "T_da")}
)


def test_shapes_of_reads_dimensions_sums_numbers_and_caches():
    """A dimension is a size, a sum of sizes or 1; what has no dimensions has no shape."""
    shapes = shapes_of("Wf:n_a,n_a+n_x bf:n_a,1 cache", {"n_a": 5, "n_x": 3})
    assert shapes["Wf"] == (5, 8)
    assert shapes["bf"] == (5, 1)
    assert not shapes["cache"]


def test_shapes_of_keeps_the_order():
    """The names come in the order in which they are written."""
    assert list(shapes_of("b:n_a a:n_a cache", {"n_a": 2})) == ["b", "a", "cache"]


def flat(drawn):
    """The inputs with the entries of their dictionaries, as (name, value) in order."""
    return [
        pair
        for name, value in drawn.items()
        for pair in (value.items() if isinstance(value, dict) else [(name, value)])
    ]


def items(name):
    """The matched items of what an exercise draws, in order."""
    return [ITEM.match(text) for text in PUBLISHED[name].draws.split() if not set(text) & set("{}")]


def test_the_functions_of_two_assignments_are_published():
    """Eight of the first, ten of the second with two that its notebook gives, under their names."""
    assert {name for name, row in PUBLISHED.items() if row.assignment == "rnn-step-by-step"} == {
        *FIRST
    }
    assert list(FIRST) == [name for name in PUBLISHED if name in FIRST]
    assert list(SECOND) == [name for name in PUBLISHED if name in SECOND]
    assert {PUBLISHED[name].assignment for name in SECOND} == {"lstm-language-network"}
    assert set(PUBLISHED) >= set(DRAWN)


def shapes_of_first(sizes):
    """The shape of each input of the first assignment."""
    n_x, n_a, n_y, m = (sizes[key] for key in ("n_x", "n_a", "n_y", "m"))
    shapes = {"xt": (n_x, m), "x": (n_x, m, sizes["T_x"]), "da": (n_a, m, sizes["T_da"])}
    shapes |= dict.fromkeys(("a_prev", "c_prev", "a0", "da_next", "dc_next"), (n_a, m))
    shapes |= {"Wax": (n_a, n_x), "Waa": (n_a, n_a), "Wya": (n_y, n_a), "Wy": (n_y, n_a)}
    shapes |= {"by": (n_y, 1), **dict.fromkeys(("ba", "bf", "bi", "bc", "bo"), (n_a, 1))}
    return shapes | dict.fromkeys(("Wf", "Wi", "Wc", "Wo"), (n_a, n_a + n_x))


def shapes_of_second(sizes, forum):
    """The shape of each input of the second assignment, in its own words or the forum post's."""
    n_x, n_a, n_y, m, T_x = (sizes[key] for key in ("n_x", "n_a", "n_y", "m", "T_x"))
    if forum:  # one sequence, time first
        shapes = {"x": (T_x,), "h0": (n_a,), "c0": (n_a,), "dlogits": (T_x, n_y), "V": (n_y, n_a)}
        shapes |= {"W" + gate: (n_a, n_a) for gate in "ifog"}
        return shapes | {"U" + gate: (n_a, n_x) for gate in "ifog"}
    shapes = shapes_of_first(sizes) | {"xt": (m,), "x": (m, T_x), "y": (m, T_x), "c0": (n_a, m)}
    shapes |= dict.fromkeys(("logits", "dlogits"), (n_y, m, T_x))
    return shapes | {"d" + key: shapes[key] for key in ("Wf", "bf", "Wy")}


@pytest.mark.parametrize("name", DRAWN)
@MODEST
@given(sizes=sizes_of_all)
def test_draw_gives_names_order_and_shapes_for_any_sizes(name, sizes):
    """The names are the published ones and each array has the shape of its spec."""
    drawn = draw(name, lambda *shape: np.ones(shape), sizes)
    assert list(drawn) == draw_names(name) == DRAWN[name].split()
    forum = name.startswith("forum")
    assert all(key[0] in ("WUV" if forum else "Wb") for key in drawn.get("parameters", {}))
    shapes = shapes_of_first(sizes) if name in FIRST else shapes_of_second(sizes, forum)
    for key, value in flat(drawn):
        if key in ("name", "h", "largest"):
            assert isinstance(value, str if key == "name" else float)
        else:
            assert value.shape == shapes[key], key


@pytest.mark.parametrize("name", DRAWN)
def test_draw_asks_for_numbers_in_the_published_order(name):
    """The n-th call of normal fills the n-th name of the spec; constants are not drawn."""
    calls = iter(range(100))
    drawn = draw(name, lambda *shape: np.full(shape, float(next(calls))), PUBLISHED[name].sizes)
    wanted = [item for item in items(name) if item["value"] is None]
    values = dict(enumerate(value for _, value in flat(drawn)))
    assert [key for key, _ in flat(drawn)] == [item["name"] for item in items(name)]
    numbers = [k for k, item in enumerate(items(name)) if item["value"] is None]
    for call, (k, item) in enumerate(zip(numbers, wanted, strict=True)):
        below = PUBLISHED[name].sizes[item["below"]] if item["below"] else np.inf
        assert np.all(values[k] == 1e6 * call % below if item["below"] else values[k] == call)
    assert next(calls) == len(wanted)


@pytest.mark.parametrize("name", DRAWN)
@MODEST
@given(sizes=sizes_of_all, seed=st.integers(0, 2**32))
def test_tokens_are_whole_numbers_below_their_size(name, sizes, seed):
    """And nothing else is: all other arrays are of floats."""
    generator = np.random.default_rng(seed)
    drawn = draw(name, lambda *shape: generator.standard_normal(shape), sizes)
    for item, (key, value) in zip(items(name), flat(drawn), strict=True):
        if item["below"]:
            assert value.dtype.kind == "i", key
            assert (value >= 0).all()
            assert value.max() < sizes[item["below"]]
        elif item["dims"]:
            assert value.dtype == float, key


@pytest.mark.parametrize("scale", [1.0, 2.0, 2000.0])
def test_every_token_is_drawn(scale):
    """About equally often, whatever the numbers are scaled by."""
    sizes = {"n_x": 5, "n_a": 1, "n_y": 4, "m": 40, "T_x": 50}
    generator = np.random.default_rng(0)
    drawn = draw("language_loss", lambda *shape: scale * generator.normal(size=shape), sizes)
    for tokens, below in (("x", 5), ("y", 4)):
        counts = np.bincount(drawn[tokens].ravel())
        assert len(counts) == below
        assert counts.min() > 0.7 * counts.max()


def test_sizes_may_hold_a_value_for_an_input():
    """It is not drawn then: a number fills an array, a text and a number stand as they are."""
    sizes = PUBLISHED["central_difference"].sizes | {"name": "by", "h": 0.5, "a0": 3}
    drawn = public_draw("central_difference", sizes)
    assert (drawn["name"], drawn["h"]) == ("by", 0.5)
    assert (drawn["a0"] == 3.0).all()
    usual = public_draw("central_difference")
    assert (usual["name"], usual["h"]) == ("Wf", 0.1)
    assert np.array_equal(drawn["x"], usual["x"])
    assert not np.array_equal(drawn["c0"], usual["c0"])


@pytest.mark.parametrize("name", DRAWN)
def test_published_and_random_inputs_are_the_draws_in_order(name):
    """Of the public sizes, and of small unequal ones that a seed fills."""
    assert [type(value) for value in published_inputs(name)] == [
        type(value) for value in public_draw(name).values()
    ]
    shapes = shapes_of(PUBLISHED[name].draws, dict(n_x=3, n_a=5, n_y=2, m=4, T_x=6, T_da=6))
    small = dict(zip(draw_names(name), random_inputs(name), strict=True))
    for key, value in flat(small):
        assert np.shape(value) == (shapes[key] or ()), key


def test_draw_leaves_zero_what_lstm_backward_does_not_draw():
    """Wy and by of lstm_backward are zeros, everything else is drawn."""
    drawn = draw("lstm_backward", lambda *shape: np.ones(shape), PUBLISHED["lstm_backward"].sizes)
    zero = {key for key, array in drawn["parameters"].items() if not array.any()}
    assert zero == {"Wy", "by"}


@pytest.mark.parametrize("name", DRAWN)
def test_every_published_line_has_an_expected_value(name):
    """Each line is a label with numbers, or with a shape of the right length."""
    row = PUBLISHED[name]
    assert bool(row.lines) is (name in FIRST)  # of the second assignment no cell was ever printed
    assert bool(row.lines + row.also) is (name not in GIVEN)
    for label, expected in row.lines + row.also + [line for _, also in row.second for line in also]:
        assert label.strip(), expected
        if expected.startswith("("):
            assert ".shape" in label
            assert all(int(part) > 0 for part in expected.strip("()").split(","))
        else:
            assert len([float(number) for number in expected.split()]) > 0


@pytest.mark.parametrize("name", [name for name in DRAWN if name not in GIVEN])
def test_every_output_of_an_exercise_is_printed_or_looked_at(name):
    """No output is without a line: else a wrong one would pass unseen."""
    row = PUBLISHED[name]
    labels = " ".join(label for label, _ in row.lines + row.also * (name in SECOND))
    for output in shapes_of(row.outputs, {}):
        assert (
            f'"{output}"' in labels
            or f"{output}[" in labels
            or f"({output})" in labels
            or labels.startswith(f"{output} ")  # a number has no index
            or (name, output) in (("rnn_cell_forward", "cache"), ("language_forward", "caches"))
        )


@pytest.mark.parametrize(("name", "label", "number"), NEW)
def test_the_table_holds_the_published_numbers(name, label, number):
    """The digits are those of the published pages."""
    (expected,) = (
        expected for text, expected in PUBLISHED[name].lines if text.partition(" =")[0] == label
    )
    assert number in expected.split()


def test_the_published_shapes_of_lstm_backward_have_the_steps_of_da():
    """dx has 4 steps although x has 7."""
    lines = dict(PUBLISHED["lstm_backward"].lines)
    assert lines['gradients["dx"].shape ='] == "(3, 10, 4)"
    assert lines['gradients["dWf"].shape ='] == "(5, 8)"


def test_the_steps_of_da_are_those_of_x_unless_they_are_told():
    """In all other exercises."""
    others = [row.sizes for key, row in PUBLISHED.items() if key != "lstm_backward"]
    assert all(sizes["T_x"] == sizes["T_da"] for sizes in others)
