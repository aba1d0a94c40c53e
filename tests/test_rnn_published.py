"""rnn_published: the published cells as data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn_published import PUBLISHED, draw, shapes_of

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
DRAWN = {  # the arguments in order, then the upstream gradients, which come last
    "rnn_cell_forward": "xt a_prev parameters",
    "rnn_forward": "x a0 parameters",
    "lstm_cell_forward": "xt a_prev c_prev parameters",
    "lstm_forward": "x a0 parameters",
    "rnn_cell_backward": "xt a_prev parameters da_next",
    "rnn_backward": "x a0 parameters da",
    "lstm_cell_backward": "xt a_prev c_prev parameters da_next dc_next",
    "lstm_backward": "x a0 parameters da",
}
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


def test_the_eight_exercises_are_published():
    """There are eight, under the published names."""
    assert list(PUBLISHED) == list(DRAWN)


@pytest.mark.parametrize("name", DRAWN)
@MODEST
@given(sizes=sizes_of_all)
def test_draw_gives_names_order_and_shapes_for_any_sizes(name, sizes):
    """The names are the published ones and each array has the shape of its spec."""
    drawn = draw(name, lambda *shape: np.ones(shape), sizes)
    assert list(drawn) == DRAWN[name].split()
    flat = drawn | drawn["parameters"]
    assert all(key[0] in "Wb" for key in drawn["parameters"])
    n_x, n_a, n_y, m = (sizes[key] for key in ("n_x", "n_a", "n_y", "m"))
    shapes = {"xt": (n_x, m), "x": (n_x, m, sizes["T_x"]), "da": (n_a, m, sizes["T_da"])}
    shapes |= dict.fromkeys(("a_prev", "c_prev", "a0", "da_next", "dc_next"), (n_a, m))
    shapes |= {"Wax": (n_a, n_x), "Waa": (n_a, n_a), "Wya": (n_y, n_a), "Wy": (n_y, n_a)}
    shapes |= {"by": (n_y, 1), **dict.fromkeys(("ba", "bf", "bi", "bc", "bo"), (n_a, 1))}
    shapes |= dict.fromkeys(("Wf", "Wi", "Wc", "Wo"), (n_a, n_a + n_x))
    for key, array in flat.items():
        if key != "parameters":
            assert array.shape == shapes[key], key


@pytest.mark.parametrize("name", DRAWN)
def test_draw_asks_for_numbers_in_the_published_order(name):
    """The n-th call of normal fills the n-th name of the spec; zeros are not drawn."""
    calls = iter(range(100))
    drawn = draw(name, lambda *shape: np.full(shape, next(calls)), PUBLISHED[name].sizes)
    flat = drawn | drawn.pop("parameters")
    order = [item.partition(":")[0] for item in PUBLISHED[name].draws.split() if ":" in item]
    wanted = [key for key in order if not key.endswith("=0")]
    assert [flat[key].ravel()[0] for key in wanted] == list(range(len(wanted)))
    assert next(calls) == len(wanted)


def test_draw_leaves_zero_what_lstm_backward_does_not_draw():
    """Wy and by of lstm_backward are zeros, everything else is drawn."""
    drawn = draw("lstm_backward", lambda *shape: np.ones(shape), PUBLISHED["lstm_backward"].sizes)
    zero = {key for key, array in drawn["parameters"].items() if not array.any()}
    assert zero == {"Wy", "by"}


@pytest.mark.parametrize("name", DRAWN)
def test_every_published_line_has_an_expected_value(name):
    """Each line is a label with numbers, or with a shape of the right length."""
    lines = PUBLISHED[name].lines
    assert lines
    for label, expected in lines + PUBLISHED[name].also:
        assert label.strip(), expected
        if expected.startswith("("):
            assert ".shape" in label
            assert all(int(part) > 0 for part in expected.strip("()").split(","))
        else:
            assert len([float(number) for number in expected.split()]) > 0


@pytest.mark.parametrize("name", DRAWN)
def test_every_output_of_an_exercise_is_printed_or_stored(name):
    """No output is without a line: else a wrong one would pass unseen."""
    labels = " ".join(label for label, _ in PUBLISHED[name].lines)
    for output in shapes_of(PUBLISHED[name].outputs, {}):
        assert (
            f'"{output}"' in labels
            or f"{output}[" in labels
            or f"({output})" in labels
            or (name == "rnn_cell_forward" and output == "cache")
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
