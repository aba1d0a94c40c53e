"""subject/lstm_language_network/reference: against torch.nn.LSTM, where PyTorch is installed.

Its gates are in the order i, f, g, o, where g is our candidate c; it has two biases, of which one
stays zero here; its sequences are time first, its inputs one-hot.
"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from subject.samples import MODEST, drawn

from rnn_course.subject.lstm_language_network import reference

torch = pytest.importorskip("torch")  # the extra torch: large, so no developer has to have it

RTOL = 1e-10  # of the largest entry
ORDER = "ifco"
SHAPES = st.fixed_dictionaries(
    {key: st.integers(1, 7) for key in ("n_x", "n_a", "m", "T_x")} | {"n_y": st.integers(2, 7)}
)
SIZES = {
    "sizes all different": {"n_x": 3, "n_a": 5, "n_y": 6, "m": 4, "T_x": 7},
    "one example": {"n_x": 2, "n_a": 6, "n_y": 5, "m": 1, "T_x": 4},
    "one step": {"n_x": 7, "n_a": 3, "n_y": 4, "m": 9, "T_x": 1},
    "one token again and again": {"n_x": 1, "n_a": 4, "n_y": 3, "m": 5, "T_x": 4},
    "as in a training": {"n_x": 21, "n_a": 32, "n_y": 21, "m": 8, "T_x": 25},
}


def modules(parameters):
    """torch.nn.LSTM and the linear head, in double precision, with our weights in them."""
    p, n_a = parameters, len(parameters["bf"])
    W, b = (torch.tensor(np.concatenate([p[kind + g] for g in ORDER])) for kind in "Wb")
    lstm = torch.nn.LSTM(W.shape[1] - n_a, n_a, dtype=torch.float64)
    head = torch.nn.Linear(n_a, len(p["by"]), dtype=torch.float64)
    with torch.no_grad():
        lstm.weight_hh_l0.copy_(W[:, :n_a])
        lstm.weight_ih_l0.copy_(W[:, n_a:])
        lstm.bias_ih_l0.copy_(b[:, 0])
        lstm.bias_hh_l0.zero_()
        head.weight.copy_(torch.tensor(p["Wy"]))
        head.bias.copy_(torch.tensor(p["by"][:, 0]))
    return lstm, head


def by_torch(x, y, a0, c0, parameters):
    """The loss, and the gradients of all parameters and of both states, under our names."""
    lstm, head = modules(parameters)
    state = [torch.tensor(array.T[np.newaxis].copy(), requires_grad=True) for array in (a0, c0)]
    a, _ = lstm(torch.tensor(np.eye(lstm.input_size)[x.T]), tuple(state))
    logits = head(a).flatten(0, 1)
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor(y.T.flatten()))
    loss.backward()
    dW = torch.cat((lstm.weight_hh_l0.grad, lstm.weight_ih_l0.grad), 1).numpy()
    db = lstm.bias_ih_l0.grad.numpy()[:, np.newaxis]
    values = {"dW" + gate: part for gate, part in zip(ORDER, np.split(dW, 4), strict=True)}
    values |= {"db" + gate: part for gate, part in zip(ORDER, np.split(db, 4), strict=True)}
    values |= {"dWy": head.weight.grad.numpy(), "dby": head.bias.grad.numpy()[:, np.newaxis]}
    values |= {"da0": state[0].grad[0].numpy().T, "dc0": state[1].grad[0].numpy().T}
    return {"loss": loss.item()} | values


def by_reference(x, y, a0, c0, parameters):
    """The same, by the functions that a student's are measured against."""
    _, logits, _, caches = reference.language_forward(x, a0, c0, parameters)
    loss, dlogits = reference.cross_entropy(logits, y)
    return {"loss": loss} | reference.language_backward(dlogits, caches)


def assert_agree(mine, theirs):
    """Every array, to RTOL of its largest entry."""
    assert mine.keys() == theirs.keys()
    for name, right in theirs.items():
        assert np.shape(mine[name]) == np.shape(right), name
        atol = RTOL * np.abs(right).max()
        np.testing.assert_allclose(mine[name], right, rtol=0, atol=atol, err_msg=name)


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_loss_and_all_gradients_are_those_of_pytorch(sizes):
    """Of ten parameters and of both first states, whatever the sizes are."""
    inputs = drawn("language_loss", sizes).values()
    theirs = by_torch(*inputs)
    assert len(theirs) == 1 + 10 + 2
    assert all(np.abs(right).max() > 1e-6 for right in theirs.values())  # nothing agrees by default
    assert_agree(by_reference(*inputs), theirs)


@MODEST
@given(sizes=SHAPES, seed=st.integers(0, 2**32))
def test_loss_and_all_gradients_are_those_of_pytorch_for_any_sizes(sizes, seed):
    """Sizes of one, equal and unequal ones, tokens that stand twice and tokens that do not."""
    inputs = drawn("language_loss", sizes, seed).values()
    assert_agree(by_reference(*inputs), by_torch(*inputs))


def test_a_wrong_entry_of_any_gradient_is_noticed():
    """However small the array, wherever the entry: nothing is compared blindly."""
    inputs = drawn("language_loss", {"n_x": 3, "n_a": 2, "n_y": 4, "m": 3, "T_x": 3}).values()
    mine, theirs = by_reference(*inputs), by_torch(*inputs)
    assert_agree(mine, theirs)
    for name, array in mine.items():
        for index in np.ndindex(np.shape(array)):
            wrong = np.array(array)
            wrong[index] += 1e-8 * np.abs(array).max()
            with pytest.raises(AssertionError, match=name):
                assert_agree(mine | {name: wrong}, theirs)
