"""Right backward functions, written otherwise than the course writes them.

Each stands under the line of its label and is a program of its own; alternatives.py reads them.
"""
# ruff: noqa: F811  the same eight names again and again

import numpy as np

from rnn_utils import sigmoid


# rnn_cell_backward: einsum
def rnn_cell_backward(da_next, cache):
    a_next, a_prev, xt, p = cache
    dz = np.einsum("im,im->im", 1 - a_next**2, da_next)
    return {
        "dxt": np.einsum("ij,im->jm", p["Wax"], dz),
        "dWax": np.einsum("im,jm->ij", dz, xt),
        "da_prev": np.einsum("ij,im->jm", p["Waa"], dz),
        "dWaa": np.einsum("im,jm->ij", dz, a_prev),
        "dba": np.einsum("im->i", dz)[:, None],
    }


# rnn_cell_backward: one stacked product
def rnn_cell_backward(da_next, cache):
    a_next, a_prev, xt, p = cache
    n_a, m = a_next.shape
    dz = (1 + a_next) * (1 - a_next) * da_next
    dW = dz @ np.vstack((a_prev, xt, np.ones((1, m)))).T
    back = np.hstack((p["Waa"], p["Wax"])).T @ dz
    gradients = {"dba": dW[:, -1:], "dWax": dW[:, n_a:-1], "dWaa": dW[:, :n_a]}
    return {**gradients, "dxt": back[n_a:], "da_prev": back[:n_a]}


# rnn_cell_backward: a copy changed in place, a sum reshaped
def rnn_cell_backward(da_next, cache):
    dz = da_next.copy()
    dz *= 1 - np.square(cache[0])
    Waa, Wax = cache[3]["Waa"], cache[3]["Wax"]
    gradients = {"dba": dz.sum(1).reshape(-1, 1), "dWaa": (cache[1] @ dz.T).T}
    gradients.update(dWax=(cache[2] @ dz.T).T, dxt=(dz.T @ Wax).T, da_prev=(dz.T @ Waa).T)
    return gradients


# rnn_cell_backward: z computed again, an entry too many
def rnn_cell_backward(da_next, cache):
    _, a_prev, xt, p = cache
    z = p["Wax"] @ xt + p["Waa"] @ a_prev + p["ba"]
    dz = da_next / np.cosh(z) ** 2
    return {
        **{"dz": dz, "dxt": p["Wax"].T @ dz, "da_prev": p["Waa"].T @ dz},
        **{"dWax": dz @ xt.T, "dWaa": dz @ a_prev.T, "dba": dz @ np.ones((dz.shape[1], 1))},
    }


# rnn_cell_backward: rounded as in single precision
def rnn_cell_backward(da_next, cache):
    a_next, a_prev, xt, p = cache
    dz = (1 - a_next**2) * da_next
    right = {"dxt": p["Wax"].T @ dz, "da_prev": p["Waa"].T @ dz, "dWax": dz @ xt.T}
    right |= {"dWaa": dz @ a_prev.T, "dba": np.sum(dz, 1, keepdims=True)}
    return {k: v * (1 + 1e-6 * np.random.uniform(-1, 1, v.shape)) for k, v in right.items()}


# rnn_backward: the cell inlined
def rnn_backward(da, caches):
    steps, x = caches
    carry = np.zeros(da.shape[:2])
    dx = np.zeros((*x.shape[:2], da.shape[2]))
    total = [0, 0, 0]
    for t in range(da.shape[2] - 1, -1, -1):
        a_next, a_prev, xt, p = steps[t]
        dz = (1 - a_next**2) * (carry + da[:, :, t])
        dx[:, :, t] = p["Wax"].T @ dz
        carry = p["Waa"].T @ dz
        terms = dz @ xt.T, dz @ a_prev.T, dz.sum(axis=1, keepdims=True)
        total = [one + term for one, term in zip(total, terms, strict=True)]
    return {"dx": dx, "da0": carry, **dict(zip(("dWax", "dWaa", "dba"), total, strict=True))}


# rnn_backward: gradients kept for all steps, summed at the end
def rnn_backward(da, caches):
    T, da_prev, kept = da.shape[-1], 0, []
    for t in range(T):
        kept.insert(0, rnn_cell_backward(da[..., T - 1 - t] + da_prev, caches[0][T - 1 - t]))
        da_prev = kept[0]["da_prev"]
    gradients = {key: sum(step[key] for step in kept) for key in ("dba", "dWaa", "dWax")}
    return gradients | {"da0": kept[0]["da_prev"], "dx": np.dstack([g["dxt"] for g in kept])}


# rnn_backward: da copied and added to
def rnn_backward(da, caches):
    da = da.copy()
    steps, T = caches[0], da.shape[2]
    sums = dict.fromkeys(["dWax", "dWaa", "dba"], 0.0)
    dx = np.empty((*caches[1].shape[:2], T))
    for t in reversed(range(T)):
        g = rnn_cell_backward(da[:, :, t], steps[t])
        if t:
            da[:, :, t - 1] += g["da_prev"]
        dx[:, :, t] = g["dxt"]
        for key in sums:
            sums[key] = g[key] + sums[key]
    return {"da0": g["da_prev"], "dx": dx} | sums


# rnn_backward: the product with Waa taken after the loop's turn
def rnn_backward(da, caches):
    steps, x = caches
    n_a, m, T = da.shape
    p = steps[0][3]
    dz = np.zeros((n_a, m, T + 1))
    for t in np.arange(T)[::-1]:
        da_next = da[:, :, t] + p["Waa"].T @ dz[:, :, t + 1]
        dz[:, :, t] = (1 - steps[t][0] ** 2) * da_next
    dz = dz[:, :, :T]
    before = np.stack([steps[t][1] for t in range(T)], axis=2)
    return {
        "dx": np.einsum("ij,imt->jmt", p["Wax"], dz),
        "da0": p["Waa"].T @ dz[:, :, 0],
        "dWax": np.einsum("imt,jmt->ij", dz, x[:, :, :T]),
        "dWaa": np.einsum("imt,jmt->ij", dz, before),
        "dba": dz.sum(axis=(1, 2))[:, np.newaxis],
    }


# rnn_backward: rounded as in single precision
def rnn_backward(da, caches):
    steps, x = caches
    carry, dx, sums = np.zeros_like(da[:, :, 0]), np.zeros((*x.shape[:2], da.shape[2])), {}
    for t in reversed(range(da.shape[2])):
        g = rnn_cell_backward(da[:, :, t] + carry, steps[t])
        carry, dx[:, :, t] = g["da_prev"], g["dxt"]
        sums = {key: sums.get(key, 0) + g[key] for key in ("dWax", "dWaa", "dba")}
    right = {"dx": dx, "da0": carry} | sums
    return {k: v * (1 + 1e-6 * np.random.uniform(-1, 1, v.shape)) for k, v in right.items()}


# lstm_cell_backward: einsum
def lstm_cell_backward(da_next, dc_next, cache):
    _a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, p = cache
    n_a, S = len(a_prev), 1 - np.tanh(c_next) ** 2
    dc = dc_next + ot * S * da_next
    d = {"f": dc * c_prev * ft * (1 - ft), "i": dc * cct * it * (1 - it)}
    d |= {"c": dc * it * (1 - cct**2), "o": da_next * np.tanh(c_next) * ot * (1 - ot)}
    concat, g = np.concatenate((a_prev, xt)), {"dc_prev": dc * ft}
    back = sum(np.einsum("ij,im->jm", p["W" + k], d[k]) for k in d)
    for k in d:
        g["dW" + k] = np.einsum("im,jm->ij", d[k], concat)
        g["db" + k] = np.einsum("im->i", d[k]).reshape(n_a, 1)
    return g | {"da_prev": back[:n_a], "dxt": back[n_a:]}


# lstm_cell_backward: one stacked product
def lstm_cell_backward(da_next, dc_next, cache):
    _a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, p = cache
    n_a = len(a_prev)
    W = np.vstack([p["W" + g] for g in "oicf"])
    dc = dc_next + ot * (1 - np.tanh(c_next) ** 2) * da_next
    dz = [da_next * np.tanh(c_next) * ot * (1 - ot), dc * cct * it * (1 - it)]
    dz = np.vstack([*dz, dc * it * (1 - cct**2), dc * c_prev * ft * (1 - ft)])
    dW = dz @ np.vstack((a_prev, xt)).T
    db = np.sum(dz, axis=1, keepdims=True)
    gradients = {"dc_prev": ft * dc}
    gradients["da_prev"], gradients["dxt"] = W[:, :n_a].T @ dz, W[:, n_a:].T @ dz
    for k, g in enumerate("oicf"):
        gradients["dW" + g], gradients["db" + g] = np.split(dW, 4)[k], np.split(db, 4)[k]
    return gradients


# lstm_cell_backward: gates computed again, weights cut
def lstm_cell_backward(da_next, dc_next, cache):
    _, _, a_prev, c_prev, _, _, _, _, xt, p = cache
    n_a = a_prev.shape[0]
    Wa = {g: p["W" + g][:, :n_a] for g in "fico"}
    Wx = {g: p["W" + g][:, n_a:] for g in "fico"}
    z = {g: Wa[g] @ a_prev + Wx[g] @ xt + p["b" + g] for g in "fico"}
    f, i, o, c = sigmoid(z["f"]), sigmoid(z["i"]), sigmoid(z["o"]), np.tanh(z["c"])
    memory = np.tanh(f * c_prev + i * c)
    dc = dc_next + da_next * o * (1 - memory**2)
    d = {"f": dc * c_prev * f * (1 - f), "i": dc * c * i * (1 - i), "c": dc * i * (1 - c * c)}
    d["o"] = da_next * memory * o * (1 - o)
    gradients = {"dW" + g: np.hstack((d[g] @ a_prev.T, d[g] @ xt.T)) for g in d}
    gradients |= {"db" + g: d[g].sum(axis=-1)[:, None] for g in d}
    gradients["dxt"] = sum(Wx[g].T @ d[g] for g in d)
    gradients["da_prev"] = sum(Wa[g].T @ d[g] for g in d)
    gradients["dc_prev"] = dc * f
    return gradients


# lstm_cell_backward: a_next for ot tanh(c_next), a copy changed in place
def lstm_cell_backward(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a = len(a_prev)
    dc = np.array(dc_next)
    dc += da_next * (ot - a_next * np.tanh(c_next))
    dot, dcct = da_next * a_next * (1 - ot), dc * it * (1 - cct**2)
    dit, dft = dc * it * cct * (1 - it), dc * ft * c_prev * (1 - ft)
    g = {"dc_prev": dc * ft}
    dconcat = 0
    for gate, d in (("o", dot), ("c", dcct), ("i", dit), ("f", dft)):
        g["dW" + gate] = d @ np.concatenate((a_prev, xt)).T
        g["db" + gate] = d.sum(axis=1, keepdims=True)
        dconcat = dconcat + parameters["W" + gate].T @ d
    g["da_prev"], g["dxt"] = np.split(dconcat, [n_a])
    return g


# lstm_cell_backward: rounded as in single precision
def lstm_cell_backward(da_next, dc_next, cache):
    _a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, p = cache
    dc = dc_next + ot * (1 - np.tanh(c_next) ** 2) * da_next
    d = {"f": dc * c_prev * ft * (1 - ft), "i": dc * cct * it * (1 - it)}
    d |= {"c": dc * it * (1 - cct**2), "o": da_next * np.tanh(c_next) * ot * (1 - ot)}
    right = {"dW" + k: d[k] @ np.concatenate((a_prev, xt)).T for k in d}
    right |= {"db" + k: np.sum(d[k], axis=1, keepdims=True) for k in d} | {"dc_prev": dc * ft}
    both = sum(p["W" + k].T @ d[k] for k in d)
    right |= {"da_prev": both[: len(a_prev)], "dxt": both[len(a_prev) :]}
    return {k: v * (1 + 1e-6 * np.random.uniform(-1, 1, v.shape)) for k, v in right.items()}


# lstm_backward: the cell inlined
def lstm_backward(da, caches):
    steps, x = caches
    n_a, m, T = da.shape
    da_prev, dc_prev = np.zeros((2, n_a, m))
    dx, dW, db = np.zeros((x.shape[0], m, T)), 0, 0
    for t in range(T)[::-1]:
        _, c_next, a_prev, c_prev, ft, it, cct, ot, xt, p = steps[t]
        da_next, S = da[:, :, t] + da_prev, np.tanh(c_next)
        dc = dc_prev + da_next * ot * (1 - S**2)
        d = [dc * c_prev * ft * (1 - ft), dc * cct * it * (1 - it), dc * it * (1 - cct**2)]
        d = np.concatenate([*d, da_next * S * ot * (1 - ot)])
        dW, db = dW + d @ np.vstack((a_prev, xt)).T, db + d.sum(axis=1, keepdims=True)
        back = np.vstack([p["W" + g] for g in "fico"]).T @ d
        da_prev, dx[:, :, t], dc_prev = back[:n_a], back[n_a:], dc * ft
    gradients = {"dW" + g: part for g, part in zip("fico", np.split(dW, 4), strict=True)}
    gradients |= {"db" + g: part for g, part in zip("fico", np.split(db, 4), strict=True)}
    return gradients | {"da0": da_prev, "dx": dx}


# lstm_backward: gradients kept for all steps, summed at the end
def lstm_backward(da, caches):
    kept, carry = [], (0, np.zeros(da.shape[:2]))
    for t in range(da.shape[2])[::-1]:
        g = lstm_cell_backward(da[:, :, t] + carry[0], carry[1], caches[0][t])
        carry = g["da_prev"], g["dc_prev"]
        kept = [g, *kept]
    out = {k: np.sum([g[k] for g in kept], axis=0) for k in kept[0] if k[:2] in ("dW", "db")}
    out["dx"] = np.stack([g["dxt"] for g in kept], axis=2)
    out["da0"] = carry[0]
    return out


# lstm_backward: da copied and added to
def lstm_backward(da, caches):
    da, steps, T = np.array(da), caches[0], da.shape[2]
    dc, dx, sums = np.zeros(da.shape[:2]), [None] * T, None
    for t in range(T - 1, -1, -1):
        g = lstm_cell_backward(da[:, :, t], dc, steps[t])
        dx[t] = g.pop("dxt")
        dc = g.pop("dc_prev")
        da0 = g.pop("da_prev")
        if t > 0:
            da[:, :, t - 1] += da0
        sums = g if sums is None else {key: sums[key] + g[key] for key in sums}
    return {"dx": np.dstack(dx), "da0": da0, **sums}


# lstm_backward: recursive, over the steps of da only
def lstm_backward(da, caches):
    steps = caches[0]

    def back(t):
        if t == da.shape[2]:
            return 0, np.zeros(da.shape[:2]), [], {}
        da_next, dc_next, dx, sums = back(t + 1)
        g = lstm_cell_backward(da[:, :, t] + da_next, dc_next, steps[t])
        names = [kind + gate for kind in ("db", "dW") for gate in "ocif"]
        sums = {name: sums.get(name, 0) + g[name] for name in names}
        return g["da_prev"], g["dc_prev"], [g["dxt"], *dx], sums

    da0, _, dx, sums = back(0)
    return {**sums, "da0": da0, "dx": np.stack(dx, axis=-1)}


# lstm_backward: rounded as in single precision
def lstm_backward(da, caches):
    steps, x = caches
    da_prev, dc_prev, sums = 0, np.zeros_like(da[:, :, 0]), {}
    dx = np.zeros((len(x), *da.shape[1:]))
    for t in reversed(range(da.shape[2])):
        g = lstm_cell_backward(da[:, :, t] + da_prev, dc_prev, steps[t])
        da_prev, dc_prev, dx[:, :, t] = g.pop("da_prev"), g.pop("dc_prev"), g.pop("dxt")
        sums = {key: sums.get(key, 0) + g[key] for key in g}
    right = {"dx": dx, "da0": da_prev} | sums
    return {k: v * (1 + 1e-6 * np.random.uniform(-1, 1, v.shape)) for k, v in right.items()}
