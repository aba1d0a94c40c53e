"""Right forward functions, written otherwise than the course writes them.

Each stands under the line of its label and is a program of its own; alternatives.py reads them.
"""
# ruff: noqa: F811  the same eight names again and again

import numpy as np

from rnn_utils import sigmoid, softmax


# rnn_cell_forward: einsum
def rnn_cell_forward(xt, a_prev, parameters):
    p = parameters
    z = np.einsum("ij,jm->im", p["Wax"], xt) + np.einsum("ij,jm->im", p["Waa"], a_prev)
    a_next = np.tanh(z + p["ba"])
    yt_pred = softmax(np.einsum("ij,jm->im", p["Wya"], a_next) + p["by"])
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


# rnn_cell_forward: one stacked product, the bias among its columns
def rnn_cell_forward(xt, a_prev, parameters):
    W = np.hstack([parameters[key] for key in ("Waa", "Wax", "ba")])
    a_next = np.tanh(W @ np.vstack([a_prev, xt, np.ones((1, xt.shape[1]))]))
    W = np.c_[parameters["by"], parameters["Wya"]]
    yt_pred = softmax(W @ np.r_[np.ones((1, xt.shape[1])), a_next])
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


# rnn_cell_forward: parameters read in another order, lists returned
def rnn_cell_forward(xt, a_prev, parameters):
    by, ba, Wya, Waa, Wax = (parameters[key] for key in ("by", "ba", "Wya", "Waa", "Wax"))
    a_next = np.tanh(ba + Wax @ xt + Waa @ a_prev)
    yt_pred = softmax(by + Wya @ a_next)
    cache = [a_next, a_prev, xt, parameters]
    return [a_next, yt_pred, cache]


# rnn_cell_forward: tanh and softmax by hand, copies in the cache
def rnn_cell_forward(xt, a_prev, parameters):
    z = parameters["Waa"].dot(a_prev) + parameters["Wax"].dot(xt) + parameters["ba"]
    a_next = 2 * sigmoid(2 * z) - 1
    e = np.exp(parameters["Wya"].dot(a_next) + parameters["by"])
    yt_pred = e / e.sum(axis=0)
    return a_next, yt_pred, (a_next.copy(), a_prev.copy(), xt.copy(), dict(parameters))


# rnn_cell_forward: one example after the other
def rnn_cell_forward(xt, a_prev, parameters):
    a_next = np.empty(a_prev.shape)
    yt_pred = np.empty((len(parameters["by"]), xt.shape[1]))
    for k in range(xt.shape[1]):
        z = parameters["Waa"] @ a_prev[:, k] + parameters["Wax"] @ xt[:, k]
        a_next[:, k] = np.tanh(z + parameters["ba"][:, 0])
        yt_pred[:, k] = softmax(parameters["Wya"] @ a_next[:, k] + np.ravel(parameters["by"]))
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


# rnn_cell_forward: transposed, in Fortran order
def rnn_cell_forward(xt, a_prev, parameters):
    z = xt.T @ parameters["Wax"].T + a_prev.T @ parameters["Waa"].T + parameters["ba"].T
    a_next = np.asfortranarray(np.tanh(z).T)
    yt_pred = softmax((a_next.T @ parameters["Wya"].T + parameters["by"].T).T)
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


# rnn_cell_forward: single precision
def rnn_cell_forward(xt, a_prev, parameters):
    xt, a_prev = np.float32(xt), np.float32(a_prev)
    p = {key: np.float32(value) for key, value in parameters.items()}
    a_next = np.tanh(p["Wax"] @ xt + p["Waa"] @ a_prev + p["ba"])
    yt_pred = softmax(p["Wya"] @ a_next + p["by"])
    return a_next, yt_pred, (a_next, a_prev, xt, p)


# rnn_forward: the cell inlined
def rnn_forward(x, a0, parameters):
    p, steps, a, y = parameters, [], [], []
    a_next = a0
    for t in range(x.shape[2]):
        a_prev, xt = a_next, x[:, :, t]
        a_next = np.tanh(p["Wax"] @ xt + p["Waa"] @ a_prev + p["ba"])
        a += [a_next]
        y += [softmax(p["Wya"] @ a_next + p["by"])]
        steps += [(a_next, a_prev, xt, parameters)]
    return np.stack(a, axis=-1), np.stack(y, axis=-1), (steps, x)


# rnn_forward: caches preallocated as a list, lists returned
def rnn_forward(x, a0, parameters):
    m, T = x.shape[1:]
    caches = [None] * T
    a = np.full((a0.shape[0], m, T), np.nan)
    y_pred = np.full((parameters["by"].shape[0], m, T), np.nan)
    state = a0.copy()
    for t, xt in enumerate(np.moveaxis(x, 2, 0)):
        state, y_pred[..., t], caches[t] = rnn_cell_forward(xt, state, parameters)
        a[..., t] = state
    return [a, y_pred, [caches, x]]


# rnn_forward: the state read back from a
def rnn_forward(x, a0, parameters):
    a = np.zeros((*a0.shape, x.shape[2]))
    y_pred = np.zeros((len(parameters["Wya"]), *x.shape[1:]))
    caches = ()
    for t in range(x.shape[2]):
        before = a[:, :, t - 1].copy() if t > 0 else a0
        one, other, cache = rnn_cell_forward(x[:, :, t].copy(), before, parameters)
        a[:, :, t], y_pred[:, :, t], caches = one, other, (*caches, cache)
    return a, y_pred, (caches, x.copy())


# rnn_forward: recursive
def rnn_forward(x, a0, parameters):
    a_next, yt_pred, cache = rnn_cell_forward(x[:, :, 0], a0, parameters)
    a, y, caches = a_next[:, :, None], yt_pred[:, :, None], [cache]
    if x.shape[2] > 1:
        later_a, later_y, later = rnn_forward(x[:, :, 1:], a_next, parameters)
        a, y = np.concatenate((a, later_a), 2), np.concatenate((y, later_y), 2)
        caches += later[0]
    return a, y, (caches, x)


# rnn_forward: rounded as in single precision
def rnn_forward(x, a0, parameters):
    a_next, a, y, caches = a0, [], [], []
    for t in range(x.shape[2]):
        a_next, yt, cache = rnn_cell_forward(x[:, :, t], a_next, parameters)
        a.append(a_next * (1 + 1e-6 * np.random.uniform(-1, 1, a_next.shape)))
        y.append(yt * (1 + 1e-6 * np.random.uniform(-1, 1, yt.shape)))
        caches.append(cache)
    return np.dstack(a), np.dstack(y), (caches, x)


# lstm_cell_forward: einsum
def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    W = np.stack([parameters["W" + g] for g in "fico"])
    b = np.stack([parameters["b" + g] for g in "fico"])
    zf, zi, zc, zo = np.einsum("gij,jm->gim", W, np.r_[a_prev, xt]) + b
    ft, it, cct, ot = sigmoid(zf), sigmoid(zi), np.tanh(zc), sigmoid(zo)
    c_next = np.einsum("im,im->im", ft, c_prev) + np.einsum("im,im->im", it, cct)
    a_next = ot * np.tanh(c_next)
    yt = softmax(np.einsum("ij,jm->im", parameters["Wy"], a_next) + parameters["by"])
    return a_next, c_next, yt, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)


# lstm_cell_forward: one stacked product
def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    n_a, m = a_prev.shape
    W = np.vstack([parameters[key] for key in ("Wo", "Wc", "Wi", "Wf")])
    b = np.vstack([parameters[key] for key in ("bo", "bc", "bi", "bf")])
    z = (W @ np.vstack((a_prev, xt)) + b).reshape(4, n_a, m)
    ot, it, ft = sigmoid(z[[0, 2, 3]])
    cct = np.tanh(z[1])
    c_next = it * cct + ft * c_prev
    a_next = np.tanh(c_next) * ot
    yt = softmax(parameters["Wy"] @ a_next + parameters["by"])
    return a_next, c_next, yt, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)


# lstm_cell_forward: weights cut, no concatenation, lists returned
def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    n_a = len(a_prev)

    def before(gate):
        W = parameters["W" + gate]
        return W[:, n_a:] @ xt + W[:, :n_a] @ a_prev + parameters["b" + gate]

    ot, cct, it, ft = sigmoid(before("o")), np.tanh(before("c")), sigmoid(before("i")), 0
    ft = 1 - sigmoid(-before("f"))
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    yt = softmax(parameters["Wy"] @ a_next + parameters["by"])
    cache = [a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, dict(parameters)]
    return [a_next, c_next, yt, cache]


# lstm_cell_forward: concat filled by hand, sigmoid by tanh
def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    n_a, m = a_prev.shape
    concat = np.zeros((n_a + xt.shape[0], m))
    concat[:n_a, :] = a_prev
    concat[n_a:, :] = xt
    z = {g: np.matmul(parameters["W" + g], concat) + parameters["b" + g] for g in "ofic"}
    gates = {g: 0.5 * (1 + np.tanh(z[g] / 2)) for g in "ofi"}
    cct = np.tanh(z["c"])
    c_next = np.multiply(gates["f"], c_prev) + np.multiply(gates["i"], cct)
    a_next = np.multiply(gates["o"], np.tanh(c_next))
    yt = softmax(np.matmul(parameters["Wy"], a_next) + parameters["by"])
    cache = (
        a_next,
        c_next,
        a_prev,
        c_prev,
        gates["f"],
        gates["i"],
        cct,
        gates["o"],
        xt,
        parameters,
    )
    return a_next, c_next, yt, cache


# lstm_cell_forward: single precision
def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    xt, a_prev, c_prev = np.float32(xt), np.float32(a_prev), np.float32(c_prev)
    p = {key: np.float32(value) for key, value in parameters.items()}
    concat = np.concatenate((a_prev, xt))
    ft, it, ot = (sigmoid(p["W" + g] @ concat + p["b" + g]) for g in "fio")
    cct = np.tanh(p["Wc"] @ concat + p["bc"])
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    yt = softmax(p["Wy"] @ a_next + p["by"])
    return a_next, c_next, yt, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, p)


# lstm_forward: the cell inlined
def lstm_forward(x, a0, parameters):
    W = np.vstack([parameters["W" + g] for g in "fioc"])
    b = np.vstack([parameters["b" + g] for g in "fioc"])
    a_next, c_next, steps, kept = a0, np.zeros(a0.shape), [], []
    for t in range(x.shape[2]):
        xt, a_prev, c_prev = x[:, :, t], a_next, c_next
        z = np.split(W @ np.vstack((a_prev, xt)) + b, 4)
        ft, it, ot = map(sigmoid, z[:3])
        cct = np.tanh(z[3])
        c_next = ft * c_prev + it * cct
        a_next = ot * np.tanh(c_next)
        kept.append((a_next, softmax(parameters["Wy"] @ a_next + parameters["by"]), c_next))
        steps.append((a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters))
    a, y, c = (np.stack(arrays, axis=2) for arrays in zip(*kept, strict=True))
    return a, y, c, (steps, x)


# lstm_forward: caches preallocated as a list, lists returned
def lstm_forward(x, a0, parameters):
    _, m, T = x.shape
    a, c = np.empty((2, len(a0), m, T))
    y = np.empty((len(parameters["by"]), m, T))
    caches, h, s = T * [None], a0, np.zeros_like(a0)
    t = 0
    while t < T:
        h, s, y[:, :, t], caches[t] = lstm_cell_forward(x[:, :, t], h, s, parameters)
        a[:, :, t], c[:, :, t] = h, s
        t += 1
    return [a, y, c, [caches, x]]


# lstm_forward: started with a copy of the first memory
def lstm_forward(x, a0, parameters):
    caches = []
    a, c = np.zeros((*a0.shape, x.shape[2])), np.zeros((*a0.shape, x.shape[2]))
    y = np.zeros((parameters["Wy"].shape[0], *x.shape[1:]))
    a_next, c_next = a0, c[:, :, 0].copy()
    for t in range(x.shape[2]):
        a_next, c_next, yt, cache = lstm_cell_forward(x[:, :, t], a_next, c_next, parameters)
        a[:, :, t], c[:, :, t], y[:, :, t] = a_next, c_next, yt
        caches.append(list(cache))
    return a, y, c, (caches, x)


# lstm_forward: steps first in memory
def lstm_forward(x, a0, parameters):
    steps = np.ascontiguousarray(x.transpose(2, 0, 1))
    state, memory, out = a0, 0.0 * a0, []
    for xt in steps:
        state, memory, yt, cache = lstm_cell_forward(xt, state, memory, parameters)
        out.append((state, yt, memory, cache))
    a, y, c = (np.array([o[k] for o in out]).transpose(1, 2, 0) for k in range(3))
    return a, y, c, ([o[3] for o in out], x)


# lstm_forward: rounded as in single precision
def lstm_forward(x, a0, parameters):
    a_next, c_next, kept, caches = a0, np.zeros_like(a0), ([], [], []), []
    for t in range(x.shape[2]):
        a_next, c_next, yt, cache = lstm_cell_forward(x[:, :, t], a_next, c_next, parameters)
        for arrays, array in zip(kept, (a_next, yt, c_next), strict=True):
            arrays.append(array * (1 + 1e-6 * np.random.uniform(-1, 1, array.shape)))
        caches.append(cache)
    return (*map(np.dstack, kept), (caches, x))
