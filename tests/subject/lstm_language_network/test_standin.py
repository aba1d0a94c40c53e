"""subject/lstm_language_network/standin: two cells on tokens, and a loss without a network."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from subject.samples import GATES, MODEST, SIZES, SMALL, arguments_of, drawn

from rnn_course.subject.lstm_language_network import standin

STEP = 1e-30


def loss_with(values, name, entry):
    """The stand-in's loss with something added to one array of parameters."""
    *rest, parameters = values.values()
    return standin.language_loss(*rest, parameters | {name: parameters[name] + entry})


def slopes(values, name):
    """The derivatives of the stand-in's loss by each entry, by complex steps."""
    shape = values["parameters"][name].shape
    units = np.eye(np.prod(shape)).reshape(-1, *shape)
    return np.array([np.imag(loss_with(values, name, 1j * STEP * unit)) for unit in units]) / STEP


# --- cells ---------------------------------------------------------------------------------


def test_the_four_gates_are_told_apart_and_feel_each_token():
    """One column an example; two examples with other tokens have other gates."""
    xt, a_prev, c_prev, parameters = arguments_of("token_cell_forward", SMALL)
    xt = np.array([0, 1])
    *_, cache = standin.token_cell_forward(xt, a_prev, c_prev, parameters)
    gates = cache[4:8]
    assert [gate.shape for gate in gates] == [a_prev.shape] * 4
    for k, gate in enumerate(gates):
        assert not np.isclose(gate[:, 0], gate[:, 1]).any()
        assert not any(np.allclose(gate, other) for other in gates[:k])


def test_the_cache_holds_what_the_cell_was_given():
    """So a loop that stores other things is told from one that does not."""
    given_ones = arguments_of("token_cell_forward", SMALL)
    a_next, c_next, cache = standin.token_cell_forward(*given_ones)
    xt, a_prev, c_prev, parameters = given_ones
    for one, other in zip(
        (*cache[:4], *cache[8:]), (a_next, c_next, a_prev, c_prev, xt, parameters), strict=True
    ):
        assert one is other


def test_a_backward_cell_gives_each_parameter_a_gradient_of_its_own():
    """No two gradients of one shape are the same, so one under another's name is noticed."""
    gradients = standin.token_cell_backward(*arguments_of("token_cell_backward", SMALL))
    assert gradients.keys() == {"da_prev", "dc_prev", *("d" + key for key in GATES)}
    arrays = list(gradients.values())
    for k, one in enumerate(arrays):
        assert not any(o.shape == one.shape and np.allclose(o, one) for o in arrays[:k])


# --- the loss ------------------------------------------------------------------------------


@MODEST
@given(sizes=SIZES, seed=st.integers(0, 2**32))
def test_the_loss_is_smooth_and_takes_complex_numbers(sizes, seed):
    """Its complex step is the limit of its differences, for any array and sizes."""
    values, name = drawn("language_loss", sizes, seed), sizes["name"]
    direction = np.random.default_rng(seed).standard_normal(values["parameters"][name].shape)
    slope = np.imag(loss_with(values, name, 1j * STEP * direction)) / STEP
    h = 1e-5
    ahead, behind = (loss_with(values, name, sign * h * direction) for sign in (1, -1))
    assert isinstance(float(ahead), float)
    size = 1 + abs(slope) + np.sum(direction**2) * (1 + abs(ahead))
    assert abs((ahead - behind) / (2 * h) - slope) <= 1e-6 * size


@pytest.mark.parametrize("name", [*GATES, "Wy", "by"])
def test_the_loss_feels_every_entry_of_every_parameter_in_its_own_way(name):
    """A loop that leaves out an entry, or writes one in another's place, is noticed."""
    by_entry = slopes(drawn("language_loss", SMALL), name)
    assert np.abs(by_entry).min() > 1e-6
    assert len(set(np.round(by_entry, 9))) == by_entry.size


@pytest.mark.parametrize("name", [*GATES, "Wy", "by"])
def test_the_loss_is_not_additive_in_two_entries(name):
    """Two entries moved at once do something else than one after the other, added up."""
    values = drawn("language_loss", SMALL)
    shape = values["parameters"][name].shape
    first, last = np.zeros(shape), np.zeros(shape)
    first.flat[0] = last.flat[-1] = 0.5
    start, one, other, both = (
        loss_with(values, name, entry) for entry in (0, first, last, first + last)
    )
    assert abs((both - start) - (one - start) - (other - start)) > 1e-6


def test_the_loss_feels_the_other_arguments_in_different_ways():
    """x, y, a0 and c0 in each other's places give another loss."""
    x, y, a0, c0, parameters = drawn("language_loss", SMALL).values()
    losses = [
        standin.language_loss(*arguments, parameters)
        for arguments in ((x, y, a0, c0), (y, x, a0, c0), (x, y, c0, a0), (x, x, a0, c0))
    ]
    assert x.sum() != y.sum()
    assert len(set(np.round(losses, 9))) == len(losses)


def test_two_parameters_in_each_others_places_give_another_loss():
    """Names count, where arrays have one shape."""
    values = drawn("language_loss", SMALL)
    before, p = loss_with(values, "by", 0), values["parameters"]
    for one, other in (("Wf", "Wi"), ("Wc", "Wo"), ("bf", "bo"), ("bi", "bc")):
        swapped = values | {"parameters": p | {one: p[other], other: p[one]}}
        assert abs(loss_with(swapped, "by", 0) - before) > 1e-6


@pytest.mark.parametrize("name", [*GATES, "Wy", "by"])
def test_two_entries_in_each_others_places_give_another_loss(name):
    """Places count: an array that is turned round is another array."""
    values = drawn("language_loss", SMALL)
    w = values["parameters"][name]
    assert abs(loss_with(values, name, w[::-1, ::-1] - w) - loss_with(values, name, 0)) > 1e-6
