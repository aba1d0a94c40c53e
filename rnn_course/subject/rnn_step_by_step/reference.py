"""The right functions: what every verdict is measured against.

Written to be read and to be fast: the four gates share one matrix product. Every function works
on complex numbers, so that gradients.py can differentiate it by a complex step. A sequence
function takes the cell that it repeats as an argument. Equations are numbered as in the notebook.

Shapes: xt (n_x, m), x (n_x, m, T_x), a and c (n_a, m), RNN weights Wax (n_a, n_x), Waa (n_a, n_a),
Wya (n_y, n_a); LSTM weights (n_a, n_a + n_x), its columns a_prev first; biases (n_a, 1), (n_y, 1).
"""

import numpy as np

from rnn_utils import sigmoid, softmax

GATES = ("f", "i", "c", "o")


def rnn_cell_forward(xt, a_prev, parameters):
    """One step of the RNN, equations (1) and (2): a_next, yt_pred, cache."""
    p = parameters
    a_next = np.tanh(p["Wax"] @ xt + p["Waa"] @ a_prev + p["ba"])
    yt_pred = softmax(p["Wya"] @ a_next + p["by"])
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def rnn_forward(x, a0, parameters, cell=rnn_cell_forward):
    """The RNN over T_x steps, equation (3): a, y_pred, (caches, x)."""
    a_next, a, y_pred, caches = a0, [], [], []
    for t in range(x.shape[2]):
        a_next, yt_pred, cache = cell(x[:, :, t], a_next, parameters)
        a.append(a_next)
        y_pred.append(yt_pred)
        caches.append(cache)
    return np.stack(a, axis=2), np.stack(y_pred, axis=2), (caches, x)


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    """One step of the LSTM, equations (4) to (10): a_next, c_next, yt_pred, cache."""
    p = parameters
    W = np.concatenate([p["W" + gate] for gate in GATES])
    b = np.concatenate([p["b" + gate] for gate in GATES])
    zf, zi, zc, zo = np.split(W @ np.concatenate((a_prev, xt)) + b, 4)
    ft, it, cct, ot = sigmoid(zf), sigmoid(zi), np.tanh(zc), sigmoid(zo)
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    yt_pred = softmax(p["Wy"] @ a_next + p["by"])
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache


def lstm_forward(x, a0, parameters, cell=lstm_cell_forward):
    """The LSTM over T_x steps, equation (11): a, y, c, (caches, x)."""
    a_next, c_next = a0, np.zeros_like(a0)
    a, y, c, caches = [], [], [], []
    for t in range(x.shape[2]):
        a_next, c_next, yt, cache = cell(x[:, :, t], a_next, c_next, parameters)
        a.append(a_next)
        y.append(yt)
        c.append(c_next)
        caches.append(cache)
    return np.stack(a, axis=2), np.stack(y, axis=2), np.stack(c, axis=2), (caches, x)


def rnn_cell_backward(da_next, cache):
    """The gradients of one RNN step, equations (14) to (19)."""
    a_next, a_prev, xt, p = cache
    dz = (1 - a_next**2) * da_next
    return {
        "dxt": p["Wax"].T @ dz,
        "da_prev": p["Waa"].T @ dz,
        "dWax": dz @ xt.T,
        "dWaa": dz @ a_prev.T,
        "dba": dz.sum(axis=1, keepdims=True),
    }


def lstm_cell_backward(da_next, dc_next, cache):
    """The gradients of one LSTM step, equations (23) to (32)."""
    _, c_next, a_prev, c_prev, ft, it, cct, ot, xt, p = cache
    n_a = len(a_prev)
    tanh_c = np.tanh(c_next)
    dc_total = dc_next + da_next * ot * (1 - tanh_c**2)
    dz = np.concatenate(
        (
            dc_total * c_prev * ft * (1 - ft),
            dc_total * cct * it * (1 - it),
            dc_total * it * (1 - cct**2),
            da_next * tanh_c * ot * (1 - ot),
        )
    )
    dW = dz @ np.concatenate((a_prev, xt)).T
    db = dz.sum(axis=1, keepdims=True)
    da_prev, dxt = np.split(np.concatenate([p["W" + gate] for gate in GATES]).T @ dz, [n_a])
    gradients = {"dxt": dxt, "da_prev": da_prev, "dc_prev": dc_total * ft}
    for k, gate in enumerate(GATES):
        rows = slice(k * n_a, (k + 1) * n_a)
        gradients |= {"dW" + gate: dW[rows], "db" + gate: db[rows]}
    return gradients


def _backward(da, caches, step, carried, parameters):
    """Go back over the steps of da, carry what step returns under carried, sum the parameters.

    Equations (20) to (22) and (33), (34). step(da_total, carry, cache) returns the gradients of
    one step; the carry of the last step is zero.
    """
    steps, x = caches
    T = da.shape[2]
    dx, sums = np.empty((x.shape[0], x.shape[1], T), da.dtype), dict.fromkeys(parameters, 0)
    carry = [np.zeros_like(da[:, :, 0]) for _ in carried]
    for t in reversed(range(T)):
        gradients = step(da[:, :, t] + carry[0], *carry[1:], steps[t])
        carry = [gradients[name] for name in carried]
        dx[:, :, t] = gradients["dxt"]
        sums = {name: total + gradients[name] for name, total in sums.items()}
    return {"dx": dx, "da0": carry[0]} | sums


def rnn_backward(da, caches, cell=rnn_cell_backward):
    """The gradients of the RNN over the steps of da (n_a, m, T)."""
    return _backward(da, caches, cell, ["da_prev"], ["dWax", "dWaa", "dba"])


def lstm_backward(da, caches, cell=lstm_cell_backward):
    """The gradients of the LSTM over the steps of da (n_a, m, T)."""
    names = [kind + gate for gate in GATES for kind in ("dW", "db")]
    return _backward(da, caches, cell, ["da_prev", "dc_prev"], names)
