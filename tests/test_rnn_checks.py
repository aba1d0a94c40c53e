"""rnn_utils: activations, published inputs and prints, and what the instant checks say."""

import itertools
import linecache
import re
import sys
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from rnn_checks import NotRun
from rnn_course.subject import published
from rnn_course.subject.exercises import EXERCISES, of
from rnn_course.subject.published import SOURCE
from rnn_published import PUBLISHED, draw_names
from rnn_utils import (
    CheckFailed,
    alone,
    check,
    print_published,
    published_inputs,
    random_inputs,
    same,
    sigmoid,
    softmax,
)

MODEST = settings(max_examples=40, deadline=None, database=None, derandomize=True)
FORWARD = {name: one.forward for name, one in EXERCISES.items() if one.forward}
_LSTM_DRAWS = "Wf(5,8) bf(5,1) Wi(5,8) bi(5,1) Wo(5,8) bo(5,1) Wc(5,8) bc(5,1)"
DRAWS = {  # typed from the published test cells
    "rnn_cell_forward": "xt(3,10) a_prev(5,10) Waa(5,5) Wax(5,3) Wya(2,5) ba(5,1) by(2,1)",
    "rnn_forward": "x(3,10,4) a0(5,10) Waa(5,5) Wax(5,3) Wya(2,5) ba(5,1) by(2,1)",
    "lstm_cell_forward": f"xt(3,10) a_prev(5,10) c_prev(5,10) {_LSTM_DRAWS} Wy(2,5) by(2,1)",
    "lstm_forward": f"x(3,10,7) a0(5,10) {_LSTM_DRAWS} Wy(2,5) by(2,1)",
    "rnn_cell_backward": "xt(3,10) a_prev(5,10) Wax(5,3) Waa(5,5) Wya(2,5) ba(5,1) by(2,1)"
    " da_next(5,10)",
    "rnn_backward": "x(3,10,4) a0(5,10) Wax(5,3) Waa(5,5) Wya(2,5) ba(5,1) by(2,1) da(5,10,4)",
    "lstm_cell_backward": f"xt(3,10) a_prev(5,10) c_prev(5,10) {_LSTM_DRAWS} Wy(2,5) by(2,1)"
    " da_next(5,10) dc_next(5,10)",
    "lstm_backward": f"x(3,10,7) a0(5,10) {_LSTM_DRAWS} da(5,10,4)",
}
floats = st.floats(-1e4, 1e4)
_cells = itertools.count()


def run_cells(*sources, **left_over):
    """The names a notebook holds after these cells have run in it."""
    namespace = {"np": np, "sigmoid": sigmoid, "softmax": softmax, **left_over}
    for source in sources:
        filename = f"<cell {next(_cells)}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        exec(compile(source, filename, "exec"), namespace)
    return namespace


def planted(name, was, becomes, **left_over):
    """The published form of all functions, with one edit in one of them."""
    assert SOURCE[name].count(was) == 1, f"{was!r} does not stand once in {name}"
    sources = SOURCE | {name: SOURCE[name].replace(was, becomes)}
    return run_cells(*sources.values(), **left_over)


def words_on(name, namespace):
    """What check says of a function of the notebook that it refuses."""
    with pytest.raises(CheckFailed) as failure:
        check(namespace[name], namespace.get(FORWARD.get(name)))
    return str(failure.value)


def refused(name, was, becomes, **left_over):
    """What check says of one edit."""
    return words_on(name, planted(name, was, becomes, **left_over))


# --- activations ---------------------------------------------------------------------------


def test_sigmoid_is_stable_for_large_values_of_both_signs():
    """At ±1e4 the sigmoid is 0 or 1, exactly and without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert sigmoid(np.array([-1e4, 0.0, 1e4])).tolist() == [0.0, 0.5, 1.0]


def test_sigmoid_takes_numbers_and_integers():
    """A plain number and an array of integers are taken as they come."""
    assert sigmoid(0) == 0.5
    assert sigmoid(np.array([[0, 1]])).shape == (1, 2)


@MODEST
@given(arrays(float, array_shapes(max_dims=3, max_side=5), elements=floats))
def test_sigmoid_is_symmetric(x):
    """sigmoid(x) and sigmoid(-x) add up to one, everywhere."""
    np.testing.assert_allclose(sigmoid(x) + sigmoid(-x), 1, rtol=0, atol=1e-15)
    assert ((sigmoid(x) >= 0) & (sigmoid(x) <= 1)).all()


@MODEST
@given(arrays(float, 5, elements=st.floats(-30, 30)))
def test_sigmoid_can_be_differentiated_by_a_complex_step(x):
    """Im sigmoid(x + ih) / h is sigmoid' on both sides of zero."""
    s = sigmoid(x)
    np.testing.assert_allclose(sigmoid(x + 1e-30j).imag / 1e-30, s * sigmoid(-x), rtol=1e-13)


def test_sigmoid_agrees_with_its_definition():
    """Where the definition does not overflow, the numbers are those of the definition."""
    x = np.linspace(-20, 20, 41)
    np.testing.assert_allclose(sigmoid(x), 1 / (1 + np.exp(-x)), rtol=1e-14)


def test_softmax_is_stable_for_large_values_of_both_signs():
    """At ±1e4 the softmax is a one-hot column, exactly and without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert softmax(np.array([[-1e4, 1e4], [1e4, 1e4]])).tolist() == [[0.0, 0.5], [1.0, 0.5]]


@MODEST
@given(arrays(float, array_shapes(min_dims=1, max_dims=3, max_side=5), elements=floats))
def test_softmax_columns_sum_to_one(x):
    """Each column sums to one, for any number of axes."""
    np.testing.assert_allclose(softmax(x).sum(axis=0), 1, rtol=1e-14)


@MODEST
@given(arrays(float, (4, 3), elements=st.floats(-50, 50)), st.floats(-1e3, 1e3))
def test_softmax_does_not_feel_a_shift(x, shift):
    """One number added to a whole column changes nothing."""
    np.testing.assert_allclose(softmax(x + shift), softmax(x), rtol=1e-10, atol=1e-15)


@MODEST
@given(arrays(float, (4, 3), elements=st.floats(-5, 5)), st.integers(0, 3), st.integers(0, 2))
def test_softmax_can_be_differentiated_by_a_complex_step(x, i, j):
    """Im softmax(x + ih e_ij) / h is the column s_i (δ - s) of the Jacobian."""
    z = x.astype(complex)
    z[i, j] += 1e-30j
    s = softmax(x)
    true = np.zeros_like(x)
    true[:, j] = s[i, j] * ((np.arange(4) == i) - s[:, j])
    np.testing.assert_allclose(softmax(z).imag / 1e-30, true, atol=1e-14)


# --- published inputs and prints -----------------------------------------------------------


def test_the_draws_of_all_eight_published_cells_are_typed():
    """The table above leaves none out."""
    assert list(DRAWS) == list(of("rnn-step-by-step"))
    assert set(FORWARD) & set(DRAWS) == {name for name in DRAWS if "backward" in name}


@pytest.mark.parametrize("name", DRAWS)
def test_published_inputs_are_the_draws_of_the_published_cell(name):
    """np.random.seed(1) and randn in the published order give the same numbers, bit for bit."""
    np.random.seed(1)
    drawn = {
        key: np.random.randn(*map(int, shape.split(",")))
        for key, shape in re.findall(r"(\w+)\(([\d,]+)\)", DRAWS[name])
    }
    inputs = dict(zip(draw_names(name), published_inputs(name), strict=True))
    given_arrays = inputs.pop("parameters") | inputs
    for key, array in drawn.items():
        assert np.array_equal(given_arrays[key], array), key
    rest = given_arrays.keys() - drawn.keys()
    assert rest == ({"Wy", "by"} if name == "lstm_backward" else set())
    assert not any(given_arrays[key].any() for key in rest)


@pytest.mark.parametrize(("backward", "forward"), list(FORWARD.items())[:2])
def test_published_inputs_of_the_rnn_draw_wax_and_waa_in_the_other_order_going_back(
    backward, forward
):
    """Wax comes first in the backward cells, so neither matrix is that of the forward cell."""
    one, other = published_inputs(backward)[2], published_inputs(forward)[2]
    assert not np.allclose(one["Wax"], other["Wax"])
    assert not np.allclose(one["Waa"], other["Waa"])
    assert one["Wax"].ravel()[0] == other["Waa"].ravel()[0]


def test_published_inputs_of_lstm_backward_have_a_da_shorter_than_x():
    """x has 7 steps, da 4, Wy and by are zero."""
    x, a0, parameters, da = published_inputs("lstm_backward")
    assert (x.shape, a0.shape, da.shape) == ((3, 10, 7), (5, 10), (5, 10, 4))
    assert not parameters["Wy"].any()
    assert not parameters["by"].any()


def test_published_inputs_are_fresh_arrays_at_each_call():
    """Whoever changes them spoils nobody else's."""
    published_inputs("rnn_forward")[0][:] = 0
    assert published_inputs("rnn_forward")[0].any()


TOKENS = "Wf(4,10) bf(4,1) Wi(4,10) bi(4,1) Wc(4,10) bc(4,1) Wo(4,10) bo(4,1) Wy(5,4) by(5,1)"
SECOND_DRAWS = {  # a number behind < is the one that whole numbers stay below
    "token_cell_backward": f"xt(7)<6 a_prev(4,7) c_prev(4,7) {TOKENS} da_next(4,7) dc_next(4,7)",
    "cross_entropy": "logits(5,7,3) y(7,3)<5",
    "language_loss": f"x(7,3)<6 y(7,3)<5 a0(4,7) c0(4,7) {TOKENS}",
    "language_backward": f"x(7,3)<6 a0(4,7) c0(4,7) {TOKENS} dlogits(5,7,3)",
    "forum_forward": "x(3)<6 h0(4) c0(4) Wi(4,4) Ui(4,6) Wf(4,4) Uf(4,6) Wo(4,4) Uo(4,6) Wg(4,4)"
    " Ug(4,6) V(5,4)",
}


@pytest.mark.parametrize("name", SECOND_DRAWS)
def test_published_inputs_of_the_second_assignment_are_drawn_in_the_order_of_its_table(name):
    """np.random.seed(1) and randn; a token is a drawn number times a million, without its sign."""
    np.random.seed(1)
    inputs = dict(zip(draw_names(name), published_inputs(name), strict=True))
    given_arrays = inputs.pop("parameters", {}) | inputs
    for key, shape, below in re.findall(r"(\w+)\(([\d,]+)\)<?(\d*)", SECOND_DRAWS[name]):
        numbers = np.random.randn(*map(int, shape.split(",")))
        tokens = (1e6 * abs(numbers)).astype(int)
        right = tokens % int(below) if below else numbers
        assert np.array_equal(given_arrays.pop(key), right), key
    assert given_arrays == {}


@pytest.mark.parametrize("name", PUBLISHED)
def test_random_inputs_come_in_the_order_of_published_inputs(name):
    """Same names, same order, small sizes, and the seed decides the numbers."""
    one, published = random_inputs(name, seed=3), published_inputs(name)
    assert [type(value) for value in one] == [type(value) for value in published]
    assert [np.ndim(value) for value in one] == [np.ndim(value) for value in published]
    assert same(one, random_inputs(name, seed=3))
    assert not same(one, random_inputs(name, seed=4))
    assert not same(one, random_inputs(name, seed=3, n_y=3, n_a=4))


def test_print_published_prints_the_rnn_cell_as_the_published_cell_does(capsys):
    """Labels, line breaks and blanks are those of the published cell, to the character."""
    functions = run_cells(*SOURCE.values())
    outputs = functions["rnn_cell_forward"](*published_inputs("rnn_cell_forward"))
    print_published("rnn_cell_forward", outputs)
    assert capsys.readouterr().out == (
        "a_next[4] = \n [ 0.59584544  0.18141802  0.61311866  0.99808218  0.85016201  0.99980978\n"
        " -0.18887155  0.99815551  0.6531151   0.82872037]\n"
        "a_next.shape = \n (5, 10)\n"
        "yt_pred[1] =\n [0.9888161  0.01682021 0.21140899 0.36817467 0.98988387 0.88945212\n"
        " 0.36920224 0.9966312  0.9982559  0.17746526]\n"
        "yt_pred.shape = \n (2, 10)\n"
    )


def test_print_published_prints_the_lstm_cell_with_its_two_spaces(capsys):
    """The published cell prints 'a_next.shape = ', so two spaces stand before the shape."""
    functions = run_cells(*SOURCE.values())
    outputs = functions["lstm_cell_forward"](*published_inputs("lstm_cell_forward"))
    print_published("lstm_cell_forward", outputs)
    printed = capsys.readouterr().out
    for line in (
        "a_next[4] = \n [-0.66408471  0.0036921   0.02088357",
        "\na_next.shape =  (5, 10)\n",
        "\nc_next[2] = \n [ 0.63267805",
        "\nc_next.shape =  (5, 10)\n",
        "\nyt[1] = [0.79913913 0.15986619",
        "\nyt.shape =  (2, 10)\n",
        "\ncache[1][3] =\n [-0.16263996",
        "\nlen(cache) =  10\n",
    ):
        assert line in printed
    assert "cache[4]" not in printed


def test_print_published_prints_the_lstm_loop_with_a_label_that_has_no_equals_sign(capsys):
    """The published cell prints 'c[1][2][1]' without '='; so do we."""
    functions = run_cells(*SOURCE.values())
    outputs = functions["lstm_forward"](*published_inputs("lstm_forward"))
    print_published("lstm_forward", outputs)
    lines = capsys.readouterr().out.splitlines()
    assert [re.sub(r"(\d\.\d{9})\d+", r"\1", line) for line in lines] == [
        "a[4][3][6] =  0.172117767",
        "a.shape =  (5, 10, 7)",
        "y[1][4][3] = 0.950873461",
        "y.shape =  (2, 10, 7)",
        "caches[1][1][1] =",
        " [ 0.82797464  0.23009474  0.76201118 -0.22232814 -0.20075807  0.18656139",
        "  0.41005165]",
        "c[1][2][1] -0.855544916",
        "len(caches) =  2",
    ]


def test_print_published_prints_gradients_with_number_and_shape_by_turns(capsys):
    """Each gradient of rnn_cell_backward has a line with a number and one with its shape."""
    functions = run_cells(*SOURCE.values())
    *inputs, da_next = published_inputs("rnn_cell_backward")
    cache = functions["rnn_cell_forward"](*inputs)[-1]
    print_published("rnn_cell_backward", functions["rnn_cell_backward"](da_next, cache))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith('gradients["dxt"][1][2] = -1.38721305')
    assert lines[1] == 'gradients["dxt"].shape = (3, 10)'
    assert lines[-2:] == ['gradients["dba"][4] = [0.20023491]', 'gradients["dba"].shape = (5, 1)']
    assert len(lines) == 10


# --- check ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EXERCISES)
def test_check_passes_the_published_form(name, capsys):
    """A right function gets one line that says so."""
    functions = run_cells(*SOURCE.values())
    assert check(functions[name], functions.get(FORWARD.get(name))) is None
    assert (
        capsys.readouterr().out
        == f"{name}: right on the published inputs, and the shapes fit at other sizes.\n"
    )


def test_check_says_of_a_stub_that_it_is_not_done():
    """NotImplementedError is no fault but work to be done."""
    stub = "def rnn_cell_forward(xt, a_prev, parameters):\n    raise NotImplementedError\n"
    assert words_on("rnn_cell_forward", run_cells(stub)) == "rnn_cell_forward: not done yet."


def test_check_names_the_line_that_raised():
    """The words hold the exception and the line of the function, as it was typed."""
    words = refused("rnn_cell_forward", "np.dot(Wax, xt)", "np.dot(xt, Wax)")
    assert words.startswith("rnn_cell_forward raised ValueError: shapes (3,10) and (5,3)")
    assert "in the line: a_next = np.tanh(np.dot(Waa, a_prev) + np.dot(xt, Wax) + ba)" in words


def test_check_names_the_shape_that_is_wrong():
    """Both shapes are told: the one that came and the one expected."""
    words = refused("rnn_cell_backward", "axis=1, keepdims=True", "axis=1")
    assert words == "rnn_cell_backward: dba has shape (5,), expected (5, 1)."


def test_check_names_index_yours_and_expected_of_a_wrong_number():
    """The first wrong number is shown beside the published one."""
    words = refused("rnn_cell_forward", "+ ba)", ")")
    assert "rnn_cell_forward: a_next[4][0] is not right." in words
    assert re.search(r"yours     -?\d\.\d{8}\n  expected  0\.59584544\n", words)
    assert "10 of 10 numbers there differ." in words


def test_check_finds_a_single_wrong_number():
    """One entry off by a thousandth is enough, and its index is told."""
    words = refused("rnn_cell_forward", "    yt_pred =", "    a_next[4, 7] *= 1.001\n    yt_pred =")
    assert "a_next[4][7] is not right" in words
    assert "1 of 10 numbers there differ" in words


def test_check_names_the_values_of_a_tuple_of_the_wrong_length():
    """What should be returned is listed."""
    words = refused("rnn_cell_forward", "return a_next, yt_pred, cache", "return a_next, yt_pred")
    assert words == "rnn_cell_forward should return 3 values: a_next, yt_pred, cache."


def test_check_says_it_of_a_function_that_returns_nothing():
    """Forgotten returns are told as such, for a tuple and for a dictionary."""
    words = refused("lstm_forward", "return a, y, c, caches", "pass")
    assert words == "lstm_forward should return 4 values: a, y, c, caches."
    words = refused("rnn_cell_backward", "return gradients", "pass")
    assert "should return a dictionary; it lacks dxt, da_prev, dWax, dWaa, dba." in words


def test_check_names_the_key_that_a_dictionary_lacks():
    """Only the missing key is named."""
    words = refused("rnn_cell_backward", ', "dba": dba}', "}")
    assert words == "rnn_cell_backward should return a dictionary; it lacks dba."


def test_check_compares_the_cache_with_arguments_and_outputs():
    """A cache in another order is refused with the place and the name of the entry."""
    words = refused("rnn_cell_forward", "(a_next, a_prev, xt", "(a_prev, a_next, xt")
    assert "rnn_cell_forward: cache[0] should hold a_next" in words


def test_check_refuses_a_cache_of_the_wrong_length():
    """The fields of the cache are listed."""
    words = refused("rnn_cell_forward", "xt, parameters)\n    return", "xt)\n    return")
    assert "cache should be a tuple of 4: a_next, a_prev, xt, parameters." in words


def test_check_refuses_caches_that_are_not_the_pair():
    """caches without x are refused in words, not by an exception of ours."""
    words = refused("rnn_forward", "caches = (caches, x)", "caches = (caches, 0)")
    assert words == "rnn_forward: the caches are not built as the text above says."


def test_check_notices_a_cache_kept_of_the_last_step_only():
    """The length of the list of caches is the number of steps."""
    words = refused(
        "rnn_forward",
        "        caches.append(cache)\n    caches = (caches, x)",
        "    caches = ([cache], x)",
    )
    assert words == "rnn_forward: caches should be (list of one cache per step, x)."


def test_check_finds_the_view_in_lstm_forward():
    """The first cache's c_prev was right when it was stored and is overwritten since."""
    words = refused("lstm_forward", "c_next = np.zeros((n_a, m))", "c_next = c[:, :, 0]")
    assert "lstm_forward: caches[0][0][3] should hold c_prev" in words
    assert "something overwrote them since" in words


def test_check_refuses_a_function_that_changes_its_arguments():
    """A right result does not excuse += on the caller's array."""
    words = refused(
        "rnn_cell_backward",
        "dtanh = (1 - a_next**2) * da_next",
        "da_next *= 1 - a_next**2\n    dtanh = da_next",
    )
    assert words.startswith("rnn_cell_backward changes its arguments")


def test_check_refuses_a_function_whose_second_call_differs():
    """What is kept in a default argument shows at the second call."""
    words = refused(
        "rnn_cell_backward",
        "def rnn_cell_backward(da_next, cache):",
        "def rnn_cell_backward(da_next, cache, calls=[]):\n    calls.append(1)\n"
        "    da_next = da_next * len(calls)",
    )
    assert words.startswith("rnn_cell_backward: a second call with the same arguments")


def test_check_refuses_a_function_that_reads_what_another_cell_left_behind():
    """The published numbers come out right in the notebook, and the check still sees it."""
    _, _, parameters = published_inputs("rnn_cell_forward")
    words = refused("rnn_cell_forward", 'parameters["ba"]', "ba_0", ba_0=parameters["ba"])
    assert "NameError: name 'ba_0' is not defined" in words
    assert "what a cell left behind is hidden from it" in words
    assert "in the line: ba = ba_0" in words


def test_check_sees_what_only_other_sizes_show():
    """Ten examples written into the function pass the published inputs and not one example."""
    words = refused("rnn_forward", "a = np.zeros((n_a, m, T_x))", "a = np.zeros((n_a, 10, T_x))")
    assert "rnn_forward" in words


def test_check_takes_one_output_alone_as_it_is():
    """A tuple of it has another shape; a wrong number in it has its place, without a dot."""
    words = refused("complex_step", "return gradient", "return (gradient,)")
    assert words.startswith("complex_step")
    words = refused("complex_step", "np.imag(loss) / h", "2 * np.imag(loss) / h")
    ((label, expected),) = PUBLISHED["complex_step"].also
    assert f"complex_step: {label}[0] is not right." in words
    assert f"expected  {expected.split()[0]}\n" in words


def test_check_looks_at_a_second_public_case():
    """Logits of a thousand, gradients of zero, gradients that are small enough already."""
    words = refused("cross_entropy", "z = logits - np.max(logits, axis=0)", "z = logits * 1.0")
    assert "cross_entropy" in words
    words = refused("clip_gradients", "    if norm > largest:\n", "    if True:\n")
    assert 'clip_gradients: gradients["dWf"][2][0] is not right.' in words


@pytest.mark.parametrize(
    ("name", "last", "change"),
    [
        ("cross_entropy", "return loss, dlogits", "y += 1"),
        ("complex_step", "return gradient", "w += 1"),
        ("relative_errors", "return errors", 'numerical["dz"] = 0'),
    ],
)
def test_check_notices_changed_tokens_parameters_and_dictionaries(name, last, change):
    """All of them are arguments, and the numbers are right."""
    words = refused(name, f"    {last}", f"    {change}\n    {last}")
    assert words.startswith(f"{name} changes its arguments")


def test_same_compares_texts_too():
    """The name of a parameter is one of the arguments."""
    assert same(("Wf", np.ones(2)), ("Wf", np.ones(2)))
    assert not same(("Wf", np.ones(2)), ("Wi", np.ones(2)))
    assert not same("Wf", np.ones(2))
    assert not same(1.0, "Wf")


def test_check_sends_forum_backward_to_the_given_forward_function():
    """With a forum_forward that does not work there is nothing to say of the backward function."""
    broken = "def forum_forward(x, h0, c0, parameters):\n    raise NotImplementedError\n"
    words = words_on("forum_backward", run_cells(*SOURCE.values(), broken))
    assert words.startswith("forum_backward needs forum_forward, and that is not done yet")


def test_check_says_of_a_stub_that_it_is_one_before_it_looks_at_the_forward_function():
    """Nothing else can be done about it first; a function that has no cell says why."""
    stubs = (
        "def rnn_forward(x, a0, parameters):\n    raise NotImplementedError\n",
        "def rnn_backward(da, caches):\n    steps, x = caches\n    raise NotImplementedError\n",
    )
    assert words_on("rnn_backward", run_cells(*stubs)) == "rnn_backward: not done yet."
    missing = {"rnn_backward": NotRun("rnn_backward", "no cell defines it.")}
    assert words_on("rnn_backward", run_cells(stubs[0]) | missing) == (
        "rnn_backward: no cell defines it."
    )


def test_check_passes_on_what_a_missing_cell_says():
    """The loop is right, but what it calls is not there; of itself a function says it too."""
    namespace = run_cells(SOURCE["rnn_forward"])
    namespace["rnn_cell_forward"] = NotRun("rnn_cell_forward", "no cell defines it.")
    for name in ("rnn_forward", "rnn_cell_forward"):
        assert words_on(name, namespace) == "rnn_cell_forward: no cell defines it."


def test_check_answers_in_words_when_it_is_stopped():
    """As nbgrader stops a cell after half a minute."""
    words = refused("rnn_forward", "    for t in", "    raise KeyboardInterrupt\n    for t in")
    assert words == "rnn_forward was stopped before its end: does each loop in it end?"


def test_check_keeps_stderr_empty(capsys):
    """There nbgrader's Validate takes the warning of a right function for a failure."""
    namespace = run_cells(SOURCE["rnn_cell_forward"])
    right = namespace["rnn_cell_forward"]

    def rnn_cell_forward(xt, a_prev, parameters):
        print("a warning", file=sys.stderr)
        return right(xt, a_prev, parameters)

    check(rnn_cell_forward)
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "a warning" in printed.out
    assert printed.out.splitlines()[-1].startswith("rnn_cell_forward: right")


def test_check_sends_a_backward_function_to_its_unfinished_forward_function():
    """Without caches nothing can be said of the backward function."""
    stub = "def lstm_forward(x, a0, parameters):\n    raise NotImplementedError\n"
    namespace = run_cells(*SOURCE.values(), stub)
    words = words_on("lstm_backward", namespace)
    assert words == "lstm_backward needs lstm_forward, and that is not done yet: see its own check."


@pytest.mark.parametrize("fault", ["[None] * 10", "[[1.0], [1.0, 2.0]]", "'numbers'", "object()"])
def test_check_answers_in_words_to_values_that_are_no_numbers(fault):
    """Whatever is returned in the place of an array, no exception but CheckFailed comes out."""
    words = refused("rnn_cell_forward", "return a_next,", f"return {fault},")
    assert words.startswith("rnn_cell_forward")


def test_check_answers_in_words_to_a_cache_that_holds_a_text():
    """Where an array should be, too."""
    words = refused("rnn_cell_forward", "(a_next, a_prev, xt, parameters)", "('a', 'b', 'c', 'd')")
    assert words.startswith("rnn_cell_forward: cache[0] should hold a_next")


def test_check_answers_in_words_to_an_array_of_objects():
    """An array of the right shape that holds None is no reason for a traceback of ours."""
    words = refused("rnn_cell_forward", "return a_next,", "return np.full(a_next.shape, None),")
    assert words.startswith("rnn_cell_forward")


def test_check_failed_shows_words_and_no_traceback():
    """IPython asks the exception for its lines; they are the words alone."""
    assert CheckFailed("  a\nb")._render_traceback_() == ["  a\nb"]
    assert isinstance(CheckFailed("a"), AssertionError)


def test_check_failed_shows_no_line_that_nbgrader_would_cut_off():
    """nbgrader validate ends lines of more than 83 columns with three dots."""
    words = "lstm_cell_backward: " + "a long word and another one, " * 8
    (shown,) = CheckFailed(f"{words}\n  yours")._render_traceback_()
    assert max(map(len, shown.splitlines())) <= 83
    assert shown.split() == [*words.split(), "yours"]


# --- alone ---------------------------------------------------------------------------------


def test_alone_hides_arrays_numbers_and_dictionaries():
    """Each kind of data a cell can leave behind is out of sight; functions and modules are not."""
    source = "def f(name):\n    return eval(name)\n\n\ndef g():\n    return 1\n"
    left = {"array": np.ones(2), "number": 1.5, "many": [1, 2], "table": {"a": 1}, "flag": True}
    f = alone(run_cells(source, **left)["f"])
    for name in ("array", "number", "many", "table"):
        with pytest.raises(NameError):
            f(name)
    assert f("g")() == 1
    assert f("np") is np
    assert f("flag") is True


def test_alone_hides_them_from_the_functions_that_are_called_too():
    """A helper that reads a left-over raises as well."""
    source = "def f():\n    return g()\n\n\ndef g():\n    return left_over\n"
    with pytest.raises(NameError, match="left_over"):
        alone(run_cells(source, left_over=1.0)["f"])()


def test_alone_calls_the_replacement_in_the_place_of_the_notebooks_function():
    """The loop is the student's, the cell is ours; the notebook keeps its own."""
    namespace = run_cells("def f():\n    return g()\n\n\ndef g():\n    return 'own'\n")
    assert alone(namespace["f"], g=lambda: "other")() == "other"
    assert namespace["f"]() == "own"


def test_alone_keeps_defaults_and_closures():
    """Default arguments, keyword defaults and closures are the function's own."""
    source = (
        "def make(k):\n    def f(a, b=2, *, c=3):\n        return a, b, c, k\n    return f\n"
        "f = make(4)\n"
    )
    assert alone(run_cells(source)["f"])(1) == (1, 2, 3, 4)


def test_alone_gives_back_what_is_no_plain_function():
    """A class or a builtin has no notebook to hide."""
    assert alone(len) is len


def test_check_asks_for_a_function_under_its_own_name():
    """A lambda, a wrapper or a callable object is refused in words."""
    for odd in (lambda xt, a_prev, parameters: None, sigmoid, 3):
        with pytest.raises(CheckFailed, match="under its own name"):
            check(odd)


def test_check_refuses_lists_for_arrays():
    """An output that is a list of numbers is named."""
    functions = published.build()

    def rnn_cell_forward(xt, a_prev, parameters):
        a_next, yt_pred, cache = functions["rnn_cell_forward"](xt, a_prev, parameters)
        return a_next.tolist(), yt_pred, cache

    with pytest.raises(CheckFailed, match="a_next is no array of numbers"):
        check(rnn_cell_forward)


def test_check_names_the_function_that_is_not_done():
    """A loop over a cell that is still a stub is not called undone itself."""
    namespace = {"np": np}
    exec("def rnn_cell_forward(*arguments):\n    raise NotImplementedError", namespace)
    exec(SOURCE["rnn_forward"], namespace)
    with pytest.raises(CheckFailed, match=r"^rnn_cell_forward: not done yet"):
        check(namespace["rnn_forward"])
