"""The right functions of the second assignment: what every verdict is measured against.

Written to be read and to be fast: the four gates share one product, the columns of the tokens are
picked out of W, and the network stacks its weights once for all steps. The forward functions work
on complex numbers, so that a complex step can differentiate them. What repeats another function
takes it as an argument. Equations are numbered as in the notebook.

Shapes: tokens xt (m,), x and y (m, T_x); a and c (n_a, m), over time (n_a, m, T_x); logits
(n_y, m, T_x). W (n_a, n_a + n_x), its first n_a columns belong to a_prev, column n_a + k to token
k; b (n_a, 1), Wy (n_y, n_a), by (n_y, 1). The forum post has time first: see forum_forward.
"""

import numpy as np

GATES = ("f", "i", "o", "c")  # the candidate last: the three before it are sigmoids
FORUM_GATES = {"i": "i", "f": "f", "o": "o", "c": "g"}  # ours: the post's
STEP = 1e-30  # a complex step subtracts nothing, so it can be as small as this


def _prepared(parameters):
    """token_cell_forward with the weights of its four gates stacked once for many steps.

    sigmoid(z) = (1 + tanh(z / 2)) / 2, so one tanh serves all four.
    """
    n_a = len(parameters["bf"])
    halves = np.repeat([0.5, 0.5, 0.5, 1.0], n_a)[:, np.newaxis]
    W = halves * _stacked("W", parameters)
    Wa, columns = W[:, :n_a], W[:, n_a:] + halves * _stacked("b", parameters)

    def cell(xt, a_prev, c_prev, parameters):
        gates = np.tanh(Wa @ a_prev + columns[:, xt])
        gates[: 3 * n_a] += 1
        gates[: 3 * n_a] *= 0.5
        ft, it, ot, cct = gates.reshape(4, n_a, -1)
        c_next = ft * c_prev + it * cct
        a_next = ot * np.tanh(c_next)
        cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
        return a_next, c_next, cache

    return cell


def _stacked(kind, parameters):
    """The four W or b in one array, in the order of GATES."""
    return np.concatenate([parameters[kind + gate] for gate in GATES])


def token_cell_forward(xt, a_prev, c_prev, parameters):
    """One step of the LSTM on tokens, equations (1) to (4): a_next, c_next, cache."""
    return _prepared(parameters)(xt, a_prev, c_prev, parameters)


def language_forward(x, a0, c0, parameters, cell=token_cell_forward):
    """The network over T_x steps, equations (5), (6): a, logits, c, (caches, x)."""
    step = _prepared(parameters) if cell is token_cell_forward else cell
    a_next, c_next, states, caches = a0, c0, [], []
    for xt in x.T:
        a_next, c_next, cache = step(xt, a_next, c_next, parameters)
        states.append((a_next, c_next))
        caches.append(cache)
    a, c = map(np.stack, zip(*states, strict=True))  # time first, which is faster
    logits = parameters["Wy"] @ a + parameters["by"]
    a, logits, c = (np.moveaxis(array, 0, 2) for array in (a, logits, c))
    return a, logits, c, (caches, x)


def cross_entropy(logits, y):
    """The mean loss in nats and its gradient, equations (7) to (9): loss, dlogits."""
    z = logits - np.max(np.real(logits), axis=0)
    log_p = z - np.log(np.sum(np.exp(z), axis=0))
    right = (y, *np.indices(y.shape))
    dlogits = np.exp(log_p)
    dlogits[right] -= 1
    return -np.mean(log_p[right]), dlogits / y.size


def language_loss(x, y, a0, c0, parameters):
    """The loss of the whole network on x (m, T_x), whose next tokens are y (m, T_x)."""
    _, logits, _, _ = language_forward(x, a0, c0, parameters)
    return cross_entropy(logits, y)[0]


def _gate_gradients(da_next, dc_next, cache):
    """dz (4 n_a, m), in the order of GATES, and dc_prev of one step."""
    _, c_next, _, c_prev, ft, it, cct, ot, _, _ = cache
    tanh_c = np.tanh(c_next)
    dc_total = dc_next + da_next * ot * (1 - tanh_c**2)
    dz = np.concatenate(
        (
            dc_total * c_prev * ft * (1 - ft),
            dc_total * cct * it * (1 - it),
            da_next * tanh_c * ot * (1 - ot),
            dc_total * it * (1 - cct**2),
        )
    )
    return dz, dc_total * ft


def _weight_gradients(dz, a_prev, tokens, n_x):
    """All dW and db from dz (4 n_a, k), a_prev (n_a, k) and tokens (k,): k examples and steps."""
    n_a, k = a_prev.shape
    concat = np.zeros((n_a + n_x, k))
    concat[:n_a] = a_prev
    concat[n_a + tokens, np.arange(k)] = 1
    dW = dz @ concat.T
    db = dz.sum(axis=1, keepdims=True)
    weights = {"dW" + gate: part for gate, part in zip(GATES, np.split(dW, 4), strict=True)}
    return weights | {"db" + gate: part for gate, part in zip(GATES, np.split(db, 4), strict=True)}


def _recurrent(parameters):
    """The columns of the four W that belong to a_prev, and n_x."""
    W, n_a = _stacked("W", parameters), len(parameters["bf"])
    return W[:, :n_a], W.shape[1] - n_a


def token_cell_backward(da_next, dc_next, cache):
    """The gradients of one LSTM step on tokens, equations (10) to (19)."""
    _, _, a_prev, _, _, _, _, _, xt, parameters = cache
    Wa, n_x = _recurrent(parameters)
    dz, dc_prev = _gate_gradients(da_next, dc_next, cache)
    return {"da_prev": Wa.T @ dz, "dc_prev": dc_prev} | _weight_gradients(dz, a_prev, xt, n_x)


def language_backward(dlogits, caches, cell=token_cell_backward):
    """The gradients of the network in one pass, equations (20) to (22).

    dlogits (n_y, m, T_x); the head's gradients and those of all steps, da0 and dc0 (n_a, m).
    """
    steps, _ = caches
    a = np.stack([cache[0] for cache in steps])
    dlogits = np.moveaxis(dlogits, 2, 0)  # time first
    da = steps[0][-1]["Wy"].T @ dlogits
    backward = _backward if cell is token_cell_backward else _backward_over(cell)
    return backward(da, steps) | {
        "dWy": np.tensordot(dlogits, a, ((0, 2), (0, 2))),
        "dby": dlogits.sum(axis=(0, 2))[:, np.newaxis],
    }


def _backward(da, steps):
    """Back over da (T_x, n_a, m) with one product for the weights of all steps, at the end."""
    Wa, n_x = _recurrent(steps[0][-1])
    da_prev, dc_prev, dzs = 0, 0, []
    for da_here, cache in zip(da[::-1], steps[::-1], strict=True):
        dz, dc_prev = _gate_gradients(da_here + da_prev, dc_prev, cache)
        da_prev = Wa.T @ dz
        dzs.append(dz)
    a_prev = np.concatenate([cache[2] for cache in steps], axis=1)
    tokens = np.concatenate([cache[8] for cache in steps])
    weights = _weight_gradients(np.concatenate(dzs[::-1], axis=1), a_prev, tokens, n_x)
    return {"da0": da_prev, "dc0": dc_prev} | weights


def _backward_over(cell):
    """The same with any cell: sum what it returns at each step."""

    def backward(da, steps):
        sums = {kind + gate: 0 for gate in GATES for kind in ("dW", "db")}
        carry = {"da_prev": np.zeros_like(da[0]), "dc_prev": np.zeros_like(da[0])}
        for t in reversed(range(len(steps))):
            carry = cell(da[t] + carry["da_prev"], carry["dc_prev"], steps[t])
            sums = {name: total + carry[name] for name, total in sums.items()}
        return {"da0": carry["da_prev"], "dc0": carry["dc_prev"]} | sums

    return backward


def central_difference(x, y, a0, c0, parameters, name, h, cell=language_loss):
    """The gradient of the loss by parameters[name], equation (24)."""
    array = parameters[name]
    gradient = np.empty(array.shape)
    for index in np.ndindex(array.shape):
        up, down = array.copy(), array.copy()
        up[index] += h
        down[index] -= h
        rise = cell(x, y, a0, c0, parameters | {name: up})
        fall = cell(x, y, a0, c0, parameters | {name: down})
        gradient[index] = (rise - fall) / (2 * h)
    return gradient


def complex_step(x, y, a0, c0, parameters, name, cell=language_loss):
    """The gradient of the loss by parameters[name], equation (26)."""
    array = parameters[name]
    gradient = np.empty(array.shape)
    for index in np.ndindex(array.shape):
        moved = array.astype(complex)
        moved[index] += 1j * STEP
        gradient[index] = np.imag(cell(x, y, a0, c0, parameters | {name: moved})) / STEP
    return gradient


def relative_errors(gradients, numerical):
    """The distance of each pair by the sum of their norms, equation (23)."""
    errors = {}
    for name, mine in gradients.items():
        size = np.linalg.norm(mine) + np.linalg.norm(numerical[name])
        errors[name] = np.linalg.norm(mine - numerical[name]) / size if size else 0.0
    return errors


def _ours(parameters):
    """The post's parameters under our names: W = [its W, its U], Wy = V, and no biases."""
    p, n_a = parameters, parameters["V"].shape[1]
    ours = {"W" + gate: np.hstack((p["W" + g], p["U" + g])) for gate, g in FORUM_GATES.items()}
    biases = {"b" + gate: np.zeros((n_a, 1)) for gate in FORUM_GATES}
    return ours | biases | {"Wy": p["V"], "by": np.zeros((len(p["V"]), 1))}


def forum_forward(x, h0, c0, parameters):
    """The network in the notation of the forum post, one sequence, time first: logits, cache.

    x (T,) tokens, h0 and c0 (n_a,); parameters W (n_a, n_a) and U (n_a, n_x) of the gates i, f,
    o, g, and V (n_y, n_a); logits (T, n_y). In the cache row t of each (T + 1, n_a) array belongs
    to step t; the last row, which is row -1, holds h0 and c0, and zeros in the others.
    """
    start = h0[:, np.newaxis], c0[:, np.newaxis]
    a, logits, c, (steps, _) = language_forward(x[np.newaxis], *start, _ours(parameters))
    rows = {"h": a[:, 0].T, "c": c[:, 0].T, "tanh_c": np.tanh(c[:, 0].T)}
    rows |= {name: np.hstack([step[k] for step in steps]).T for k, name in enumerate("figo", 4)}
    before = dict.fromkeys(rows, np.zeros_like(h0)) | {"h": h0, "c": c0}
    cache = {name: np.vstack((rows[name], before[name])) for name in rows}
    return logits[:, 0].T, cache | {"x": x, "parameters": parameters}


def forum_backward(dlogits, cache, cell=token_cell_backward):
    """The gradients in the notation of the forum post, equations (20), (21), (27).

    dlogits (T, n_y); dV (n_y, n_a), and dW (n_a, n_a) and dU (n_a, n_x) of the gates i, f, o, g.
    """
    p, h, x = cache["parameters"], cache["h"], cache["x"]
    gradients = {"d" + name: np.zeros_like(w) for name, w in p.items()}
    columns = {name: cache[name][..., np.newaxis] for name in ("h", "c", *"figo")}
    dh_next, dc, ours = 0, np.zeros_like(h[:1].T), _ours(p)
    for t in reversed(range(len(dlogits))):
        gradients["dV"] += np.outer(dlogits[t], h[t])
        dh = p["V"].T @ dlogits[t] + dh_next
        states = [columns[name][k] for k in (t, t - 1) for name in "hc"]
        step = (*states, *(columns[name][t] for name in "figo"), x[t : t + 1], ours)
        one = cell(dh[:, np.newaxis], dc, step)
        dz, dc = {g: one["db" + gate][:, 0] for gate, g in FORUM_GATES.items()}, one["dc_prev"]
        for g in dz:
            gradients["dW" + g] += np.outer(dz[g], h[t - 1])
            gradients["dU" + g][:, x[t]] += dz[g]
        dh_next = sum(p["W" + g].T @ dz[g] for g in dz)
    return gradients


def clip_gradients(gradients, largest):
    """New arrays, scaled if their common norm exceeds largest, equation (28)."""
    norm = np.sqrt(sum(np.sum(gradient**2) for gradient in gradients.values()))
    scale = largest / norm if norm > largest else 1.0
    return {name: scale * gradient for name, gradient in gradients.items()}
