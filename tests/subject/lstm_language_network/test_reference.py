"""subject/lstm_language_network/reference: tokens, loss, the post's notation, gradients judged."""

import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from subject.samples import GATES, MODEST, SIZES, SMALL, arguments_of, assert_equal_trees, drawn

from rnn_course.subject.lstm_language_network import reference
from rnn_course.subject.rnn_step_by_step import reference as first_assignment
from rnn_utils import sigmoid

SEEDS = st.integers(0, 2**32)
HEAD = ("Wy", "by")


# --- cells, loops, and what they are given -------------------------------------------------


def test_language_forward_uses_the_cell_that_it_is_given():
    """Both states are carried on from a0 and c0; the head is the loop's own."""

    def cell(xt, a_prev, c_prev, parameters):
        return a_prev + 1, c_prev + xt, ("cache", parameters)

    x = np.array([[1, 2, 3], [4, 5, 6]])
    parameters = {"Wy": np.full((1, 4), 0.5), "by": np.full((1, 1), 100.0)}
    a, logits, c, (steps, kept) = reference.language_forward(
        x, np.full((4, 2), 5.0), np.full((4, 2), 10.0), parameters, cell=cell
    )
    assert a[0].tolist() == [[6, 7, 8]] * 2
    assert c[0].tolist() == [[11, 13, 16], [14, 19, 25]]
    assert logits.tolist() == [[[112, 114, 116]] * 2]
    assert steps == [("cache", parameters)] * 3
    assert kept is x


def test_language_backward_uses_the_cell_that_it_is_given():
    """Two carries go back, each into its own argument, and the sums run over all steps."""

    def cell(da_next, dc_next, cache):
        gradients = {"da_prev": da_next + dc_next, "dc_prev": dc_next + 1}
        return gradients | dict.fromkeys(["d" + key for key in GATES], cache[1])

    parameters = {"Wy": np.full((1, 1), 2.0)}
    steps = [(np.full((1, 1), a), weight, parameters) for a, weight in ((3, 1), (4, 10), (5, 100))]
    dlogits = np.array([[[1.0, 10.0, 100.0]]])
    gradients = reference.language_backward(dlogits, (steps, None), cell=cell)
    assert gradients["da0"].item() == 2 + (20 + (200 + 0) + 1) + 2
    assert gradients["dc0"].item() == 3
    assert {gradients["d" + key] for key in GATES} == {111}
    assert gradients["dWy"].tolist() == [[3 + 40 + 500]]
    assert gradients["dby"].tolist() == [[111]]


def test_forum_backward_uses_the_cell_that_it_is_given():
    """It gets the rows of the cache as columns; two carries go back, one through the four W."""

    def cell(da_next, dc_next, cache):
        assert [array.shape for array in cache[:9]] == [(1, 1)] * 8 + [(1,)]
        seen.append([entry.item() for entry in cache[:9]])
        carries.append((da_next.item(), dc_next.item()))
        return {"dc_prev": dc_next + 1} | {"db" + g: da_next * k for k, g in enumerate("fico", 1)}

    seen, carries = [], []
    weights = {kind + gate: np.full((1, 1), 0.5) for gate in "ifog" for kind in "WU"}
    cache = {name: 10.0 * k + np.arange(3.0)[:, np.newaxis] for k, name in enumerate("hcfigo")}
    cache |= {"x": np.array([0, 0]), "parameters": weights | {"V": np.full((1, 1), 2.0)}}
    gradients = reference.forum_backward(np.array([[1.0], [10.0]]), cache, cell=cell)
    assert seen == [[1, 11, 0, 10, 21, 31, 41, 51, 0], [0, 10, 2, 12, 20, 30, 40, 50, 0]]
    assert carries == [(20, 0), (2 + 0.5 * (1 + 2 + 3 + 4) * 20, 1)]
    assert gradients["dV"].item() == 10 * 1 + 1 * 0
    sums = {key[1:]: value.item() for key, value in gradients.items() if key != "dV"}
    for k, gate in enumerate("figo", 1):
        assert sums["U" + gate] == k * (20 + 102)
        assert sums["W" + gate] == k * (20 * 0 + 102 * 2)


@pytest.mark.parametrize("name", ["central_difference", "complex_step"])
def test_a_numerical_gradient_uses_the_loss_that_it_is_given(name):
    """Of a sum of squares it is twice the array, and every argument gets where it belongs."""
    x, y, a0, c0, parameters = drawn("language_loss", SMALL).values()
    steps = [0.5] if name == "central_difference" else []

    def loss(*arguments):
        assert all(map(operator.is_, arguments, (x, y, a0, c0)))
        rest = [key for key in parameters if arguments[4][key] is parameters[key]]
        assert len(rest) == len(parameters) - 1
        return np.sum(arguments[4]["Wo"] ** 2)

    gradient = getattr(reference, name)(x, y, a0, c0, parameters, "Wo", *steps, cell=loss)
    assert gradient.dtype == float
    np.testing.assert_allclose(gradient, 2 * parameters["Wo"], rtol=0, atol=1e-12)


@MODEST
@given(sizes=SIZES, seed=SEEDS)
def test_a_token_is_a_one_hot_column(sizes, seed):
    """Forward and back, the cell is the first assignment's on inputs of zeros and a one."""
    da_next, dc_next, cache = arguments_of("token_cell_backward", sizes, seed)
    _, _, a_prev, c_prev, *_, xt, parameters = cache
    onehot = np.eye(sizes["n_x"])[xt].T
    a_next, c_next, _, other = first_assignment.lstm_cell_forward(
        onehot, a_prev, c_prev, parameters
    )
    assert_equal_trees(cache[:2], (a_next, c_next))
    assert_equal_trees(cache[2:8], other[2:8])
    gradients = first_assignment.lstm_cell_backward(da_next, dc_next, other)
    del gradients["dxt"]
    assert_equal_trees(reference.token_cell_backward(da_next, dc_next, cache), gradients)


@MODEST
@given(sizes=SIZES, seed=SEEDS)
def test_repeated_tokens_of_a_batch_add_up(sizes, seed):
    """The gradients of a batch are the sums of those of its examples, whatever stands twice."""
    da_next, dc_next, cache = arguments_of("token_cell_backward", sizes | {"n_x": 2}, seed)
    *_, xt, parameters = cache
    whole = reference.token_cell_backward(da_next, dc_next, cache)
    sums = dict.fromkeys(["d" + key for key in GATES], 0)
    for k in range(len(xt)):
        one = (*(array[:, [k]] for array in cache[:8]), xt[[k]], parameters)
        part = reference.token_cell_backward(da_next[:, [k]], dc_next[:, [k]], one)
        sums = {key: total + part[key] for key, total in sums.items()}
    assert_equal_trees({key: whole[key] for key in sums}, sums)
    missing = [sizes["n_a"] + token for token in {0, 1} - set(xt.tolist())]
    assert not whole["dWc"][:, missing].any()


# --- the loss ------------------------------------------------------------------------------


@MODEST
@given(sizes=SIZES, seed=SEEDS)
def test_the_loss_of_equal_logits_is_the_logarithm_of_their_number(sizes, seed):
    """Whatever the number is that all of them are."""
    logits, y = drawn("cross_entropy", sizes, seed).values()
    loss, dlogits = reference.cross_entropy(np.full_like(logits, logits.flat[0]), y)
    np.testing.assert_allclose(loss, np.log(sizes["n_y"]), rtol=1e-14, atol=1e-15)
    right = np.take_along_axis(dlogits, y[np.newaxis], axis=0)
    np.testing.assert_allclose(right, (1 / sizes["n_y"] - 1) / y.size, rtol=1e-13, atol=1e-16)


@MODEST
@given(sizes=SIZES, seed=SEEDS, scale=st.sampled_from([1.0, 1e4]), shift=st.floats(-1e4, 1e4))
def test_the_loss_does_not_feel_a_shift_and_its_gradient_sums_to_zero(sizes, seed, scale, shift):
    """A number added to all logits of a prediction changes no probability."""
    logits, y = drawn("cross_entropy", sizes, seed).values()
    loss, dlogits = reference.cross_entropy(scale * logits, y)
    assert np.isfinite(loss)
    np.testing.assert_allclose(dlogits.sum(axis=0), 0, atol=1e-15)
    shifted = reference.cross_entropy(scale * logits + shift, y)
    assert_equal_trees(shifted, (loss, dlogits), 1e-10)


def test_the_loss_of_logits_of_ten_thousand_is_their_distance():
    """e^10000 is no number of the computer's; the loss is, in either direction."""
    logits = 1e4 * np.array([[[1.0, -1.0]], [[-1.0, 1.0]]])
    loss, dlogits = reference.cross_entropy(logits, np.array([[0, 1]]))
    assert loss == 0
    assert not dlogits.any()
    loss, dlogits = reference.cross_entropy(logits, np.array([[1, 0]]))
    assert loss == 2e4
    assert dlogits.tolist() == [[[0.5, -0.5]], [[-0.5, 0.5]]]


@MODEST
@given(sizes=SIZES, seed=SEEDS)
def test_the_gradients_go_back_through_loss_softmax_and_network(sizes, seed):
    """dlogits sent through language_backward is the complex step of language_loss, to 1e-11."""
    x, y, a0, c0, parameters = drawn("language_loss", sizes, seed).values()
    _, logits, _, caches = reference.language_forward(x, a0, c0, parameters)
    loss, dlogits = reference.cross_entropy(logits, y)
    assert loss == reference.language_loss(x, y, a0, c0, parameters)
    gradients = reference.language_backward(dlogits, caches)
    assert gradients.keys() - {"da0", "dc0"} == {"d" + key for key in parameters}
    key = sizes["name"]
    numerical = reference.complex_step(x, y, a0, c0, parameters, key)
    size = max(np.abs(numerical).max(), 1e-3)
    np.testing.assert_allclose(gradients["d" + key], numerical, rtol=0, atol=1e-11 * size)


@pytest.mark.parametrize("key", [*GATES, *HEAD])
def test_each_parameter_has_the_gradient_that_the_complex_step_says(key):
    """Every entry of every parameter, to 1e-11 of the largest; central differences to h²."""
    sizes = {"n_x": 4, "n_a": 3, "n_y": 5, "m": 3, "T_x": 4}
    x, y, a0, c0, parameters = drawn("language_loss", sizes).values()
    _, logits, _, caches = reference.language_forward(x, a0, c0, parameters)
    dlogits = reference.cross_entropy(logits, y)[1]
    mine = reference.language_backward(dlogits, caches)["d" + key]
    stepped = reference.complex_step(x, y, a0, c0, parameters, key)
    np.testing.assert_allclose(mine, stepped, rtol=0, atol=1e-11 * np.abs(mine).max())
    far, near = (
        reference.central_difference(x, y, a0, c0, parameters, key, h) - mine for h in (1e-1, 1e-2)
    )
    assert 90 < np.linalg.norm(far) / np.linalg.norm(near) < 110  # a hundredth of the error


# --- the post's notation -------------------------------------------------------------------


def in_the_words_of_the_post(parameters):
    """W* meets the hidden state, U* the tokens, V makes the output; there are no biases."""
    n_a = len(parameters["bf"])
    renamed = {"V": parameters["Wy"]}
    for theirs, ours in zip("ifog", "ifoc", strict=True):
        renamed["W" + theirs] = parameters["W" + ours][:, :n_a]
        renamed["U" + theirs] = parameters["W" + ours][:, n_a:]
    return renamed


@MODEST
@given(sizes=SIZES, seed=SEEDS)
def test_the_posts_functions_are_the_network_on_one_sequence_without_biases(sizes, seed):
    """Forward and back, to 1e-12."""
    x, a0, c0, parameters, dlogits = drawn("language_backward", sizes | {"m": 1}, seed).values()
    for key in parameters:
        if key.startswith("b"):
            parameters[key] = np.zeros_like(parameters[key])
    a, logits, c, caches = reference.language_forward(x, a0, c0, parameters)
    theirs, cache = reference.forum_forward(
        x[0], a0[:, 0], c0[:, 0], in_the_words_of_the_post(parameters)
    )
    assert_equal_trees(theirs, logits[:, 0].T)
    assert_equal_trees(cache["h"][:-1], a[:, 0].T)
    assert_equal_trees(cache["c"][:-1], c[:, 0].T)
    gradients = reference.language_backward(dlogits, caches)
    without_d = {key[1:]: value for key, value in gradients.items()}
    mine = {"d" + key: value for key, value in in_the_words_of_the_post(without_d).items()}
    assert_equal_trees(reference.forum_backward(dlogits[:, 0].T, cache), mine)


def test_the_posts_cache_holds_its_equations_and_last_the_state_before_the_first_step():
    """h[-1] and c[-1] are h0 and c0; of the others it is zero, and row t belongs to step t."""
    x, h0, c0, p = drawn("forum_forward", SMALL).values()
    _, cache = reference.forum_forward(x, h0, c0, p)
    assert np.array_equal(cache["h"][-1], h0)
    assert np.array_equal(cache["c"][-1], c0)
    for key in ("i", "f", "o", "g", "tanh_c"):
        assert cache[key].shape == (SMALL["T_x"] + 1, SMALL["n_a"])
        assert not cache[key][-1].any()
    h_prev, c_prev = (np.roll(cache[key], 1, axis=0)[:-1] for key in "hc")
    for key, squash in (("i", sigmoid), ("f", sigmoid), ("o", sigmoid), ("g", np.tanh)):
        z = h_prev @ p["W" + key].T + p["U" + key][:, x].T
        np.testing.assert_allclose(cache[key][:-1], squash(z), rtol=1e-13)
    i, f, o, g, c, h = (cache[key][:-1] for key in "ifogch")
    np.testing.assert_allclose(c, f * c_prev + i * g, rtol=1e-13)
    np.testing.assert_allclose(h, o * cache["tanh_c"][:-1], rtol=1e-13)
    np.testing.assert_allclose(cache["tanh_c"][:-1], np.tanh(c), rtol=1e-13)
    assert cache["x"] is x
    assert cache["parameters"] is p


# --- gradients measured --------------------------------------------------------------------


@MODEST
@given(sizes=SIZES, seed=SEEDS)
def test_a_relative_error_lies_between_zero_and_one(sizes, seed):
    """Zero of equal gradients, two zeros included, one of opposite ones, the same both ways."""
    mine, other = drawn("relative_errors", sizes, seed).values()
    errors = reference.relative_errors(mine, other)
    assert all(0 < error <= 1 for error in errors.values())
    assert_equal_trees(reference.relative_errors(other, mine), errors)
    zeros = {key: 0 * array for key, array in mine.items()}
    opposite = {key: -array for key, array in mine.items()}
    for one, two, error in ((mine, mine, 0), (zeros, zeros, 0), (mine, opposite, 1)):
        result = reference.relative_errors(one, two)
        assert_equal_trees(result, dict.fromkeys(mine, error))


@MODEST
@given(sizes=SIZES, seed=SEEDS)
def test_clipped_gradients_have_the_largest_norm_or_stay_as_they_are(sizes, seed):
    """All by one factor, in arrays of their own."""
    gradients, largest = drawn("clip_gradients", sizes, seed).values()
    before = np.linalg.norm(np.concatenate([array.ravel() for array in gradients.values()]))
    clipped = reference.clip_gradients(gradients, largest)
    factor = min(1, largest / before)
    assert_equal_trees(clipped, {key: factor * array for key, array in gradients.items()})
    assert not any(np.shares_memory(clipped[key], gradients[key]) for key in gradients)
