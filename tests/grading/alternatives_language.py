"""Right functions of the second assignment, written otherwise than the course writes them.

Each stands under the line of its label and is a program of its own; alternatives.py reads them.
The forward functions and the loss work on complex numbers, as theirs do.
"""
# ruff: noqa: F811  the same ten names again and again

import numpy as np

from rnn_course.subject.lstm_language_network.published import language_loss, to_ours
from rnn_utils import sigmoid, softmax


# token_cell_forward: one-hot columns below a_prev
def token_cell_forward(xt, a_prev, c_prev, parameters):
    p = parameters
    n_x, m = p["Wf"].shape[1] - a_prev.shape[0], xt.shape[0]
    onehot = np.zeros((n_x, m))
    onehot[xt, np.arange(m)] = 1
    concat = np.concatenate((a_prev, onehot), axis=0)
    ft = sigmoid(p["Wf"] @ concat + p["bf"])
    it = sigmoid(p["Wi"] @ concat + p["bi"])
    cct = np.tanh(p["Wc"] @ concat + p["bc"])
    ot = sigmoid(p["Wo"] @ concat + p["bo"])
    c_next = it * cct + ft * c_prev
    a_next = np.tanh(c_next) * ot
    return a_next, c_next, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)


# token_cell_forward: stacked gates, einsum, rows of an embedding
def token_cell_forward(xt, a_prev, c_prev, parameters):
    W = np.stack([parameters["W" + g] for g in "oicf"])
    b = np.stack([parameters["b" + g] for g in "oicf"])
    Wa, Wx = np.split(W, [len(a_prev)], axis=2)
    embedding = np.moveaxis(Wx, 2, 0)[xt]
    z = np.einsum("gij,jm->gim", Wa, a_prev) + np.moveaxis(embedding, 0, 2) + b
    ot, it, ft = sigmoid(z[[0, 1, 3]])
    cct = np.tanh(z[2])
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    return a_next, c_next, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)


# token_cell_forward: dictionaries over the gates, lists returned
def token_cell_forward(xt, a_prev, c_prev, parameters):
    n_a = a_prev.shape[0]
    squash = {"f": sigmoid, "i": sigmoid, "o": sigmoid, "c": np.tanh}
    z = {
        g: parameters[f"W{g}"][:, :n_a].dot(a_prev)
        + np.take(parameters[f"W{g}"], xt + n_a, axis=1)
        + parameters[f"b{g}"]
        for g in squash
    }
    gate = {g: squash[g](z[g]) for g in squash}
    c_next = gate["f"] * c_prev + gate["i"] * gate["c"]
    a_next = gate["o"] * np.tanh(c_next)
    cache = [a_next, c_next, a_prev, c_prev, *(gate[g] for g in "fico"), xt, parameters]
    return [a_next, c_next, cache]


# token_cell_forward: one example after the other
def token_cell_forward(xt, a_prev, c_prev, parameters):
    p, n_a, columns = parameters, a_prev.shape[0], []
    for k, token in enumerate(xt):
        a, c = a_prev[:, k], c_prev[:, k]
        z = {g: p["W" + g][:, :n_a] @ a + p["W" + g][:, n_a + token] for g in "fico"}
        f, i, o = (sigmoid(z[g] + p["b" + g][:, 0]) for g in "fio")
        g = np.tanh(z["c"] + p["bc"][:, 0])
        c = f * c + i * g
        columns.append((o * np.tanh(c), c, f, i, g, o))
    a_next, c_next, ft, it, cct, ot = (np.stack(c, axis=1) for c in zip(*columns, strict=True))
    return a_next, c_next, (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)


# token_cell_forward: the sigmoid as a tanh, copies in the cache
def token_cell_forward(xt, a_prev, c_prev, parameters):
    n_a = len(parameters["bf"])

    def squashed(g, slope):
        W = slope * parameters["W" + g]
        return np.tanh(W[:, n_a:][:, xt] + W[:, :n_a] @ a_prev + slope * parameters["b" + g])

    ft, it, ot = (0.5 + 0.5 * squashed(g, 0.5) for g in "fio")
    cct = squashed("c", 1)
    c_next = ft * c_prev + it * cct
    a_next = ot * np.tanh(c_next)
    kept = [entry.copy() for entry in (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt)]
    return a_next, c_next, (*kept, dict(parameters))


# language_forward: the head over all steps at once, by tensordot
def language_forward(x, a0, c0, parameters):
    a_next, c_next, a, c, caches = a0, c0, [], [], []
    for t in range(x.shape[1]):
        a_next, c_next, cache = token_cell_forward(x[:, t], a_next, c_next, parameters)
        a += [a_next]
        c += [c_next]
        caches += [cache]
    a, c = np.stack(a, axis=-1), np.stack(c, axis=-1)
    logits = np.tensordot(parameters["Wy"], a, 1) + parameters["by"][:, :, np.newaxis]
    return a, logits, c, (caches, x)


# language_forward: the head by einsum, states taken from the caches, lists returned
def language_forward(x, a0, c0, parameters):
    caches = []
    for tokens in x.T:
        _, _, cache = token_cell_forward(tokens, a0, c0, parameters)
        a0, c0 = cache[0], cache[1]
        caches.append(cache)
    a = np.dstack([cache[0] for cache in caches])
    c = np.dstack([cache[1] for cache in caches])
    logits = np.einsum("ya,amt->ymt", parameters["Wy"], a) + parameters["by"][..., None]
    return [a, logits, c, [caches, x]]


# language_forward: arrays of the right type filled step by step
def language_forward(x, a0, c0, parameters):
    Wy, by = parameters["Wy"], parameters["by"]
    m, T_x = x.shape
    kind = np.result_type(a0, c0, *parameters.values())
    a, c = np.zeros((2, *a0.shape, T_x), kind)
    logits = np.zeros((Wy.shape[0], m, T_x), kind)
    caches = [None] * T_x
    a_prev, c_prev = a0, c0
    for t in np.arange(T_x):
        a[:, :, t], c[:, :, t], caches[t] = token_cell_forward(x[:, t], a_prev, c_prev, parameters)
        a_prev, c_prev = caches[t][:2]
        logits[:, :, t] = Wy @ a_prev + by
    return a, logits, c, (caches, x)


# language_forward: the cell inlined, one-hot columns made once for all steps
def language_forward(x, a0, c0, parameters):
    p, gates, n_a = parameters, "fico", len(a0)
    W, b = (np.vstack([p[kind + g] for g in gates]) for kind in "Wb")
    onehot = np.eye(W.shape[1] - n_a)[x]
    a, c, caches, logits = [a0], [c0], [], []
    for t in range(x.shape[1]):
        z = W @ np.vstack((a[t], onehot[:, t].T)) + b
        ft, it, cct, ot = np.split(z, 4)
        ft, it, cct, ot = sigmoid(ft), sigmoid(it), np.tanh(cct), sigmoid(ot)
        c.append(ft * c[t] + it * cct)
        a.append(ot * np.tanh(c[t + 1]))
        logits.append(p["Wy"].dot(a[t + 1]) + p["by"])
        caches.append((a[t + 1], c[t + 1], a[t], c[t], ft, it, cct, ot, x[:, t], p))
    a, logits, c = (np.stack(states, 2) for states in (a[1:], logits, c[1:]))
    return a, logits, c, (caches, x)


# language_forward: recursive, time first and moved last
def language_forward(x, a0, c0, parameters):
    def steps(t, a, c):
        if t == x.shape[1]:
            return []
        a, c, cache = token_cell_forward(x[:, t], a, c, parameters)
        return [(a, parameters["by"] + parameters["Wy"] @ a, c, cache), *steps(t + 1, a, c)]

    *states, caches = zip(*steps(0, a0, c0), strict=True)
    a, logits, c = (np.moveaxis(np.array(s), 0, -1) for s in states)
    return a, logits, c, (list(caches), x)


# cross_entropy: y one-hot with np.eye, the logarithm of the sum
def cross_entropy(logits, y):
    n_y, m, T_x = logits.shape
    onehot = np.moveaxis(np.eye(n_y)[y], 2, 0)
    top = np.max(logits.real, axis=0, keepdims=True)
    log_sum = top + np.log(np.sum(np.exp(logits - top), axis=0, keepdims=True))
    loss = np.mean(log_sum) - np.sum(logits * onehot) / (m * T_x)
    dlogits = (np.exp(logits - log_sum) - onehot) / (m * T_x)
    return loss, dlogits


# cross_entropy: take_along_axis and put_along_axis
def cross_entropy(logits, y):
    z = logits - np.real(logits).max(axis=0)
    e = np.exp(z)
    right = np.take_along_axis(z, y[np.newaxis], axis=0)
    loss = (np.log(e.sum(axis=0)) - right).mean()
    p = e / e.sum(axis=0)
    p_right = np.take_along_axis(p, y[None], axis=0)
    np.put_along_axis(p, y[None], p_right - 1, axis=0)
    return loss, p / y.size


# cross_entropy: all predictions in one row
def cross_entropy(logits, y):
    flat, tokens = logits.reshape(len(logits), -1), y.ravel()
    places = tokens, np.arange(len(tokens))
    flat = flat - flat[np.argmax(flat.real, axis=0), places[1]]
    log_p = flat - np.log(np.exp(flat).sum(axis=0))
    d = softmax(flat)
    d[places] -= 1
    return -log_p[places].sum() / len(tokens), d.reshape(logits.shape) / len(tokens)


# cross_entropy: one prediction after the other
def cross_entropy(logits, y):
    n_y, m, T_x = logits.shape
    loss, dlogits = 0.0, np.empty_like(logits)
    for t in range(T_x):
        for k in range(m):
            z = logits[:, k, t] - max(logits[:, k, t].real)
            p = np.exp(z) / sum(np.exp(z))
            loss += (np.log(sum(np.exp(z))) - z[y[k, t]]) / (m * T_x)
            dlogits[:, k, t] = (p - (np.arange(n_y) == y[k, t])) / (m * T_x)
    return loss, dlogits


# cross_entropy: the mean over steps of the means over examples
def cross_entropy(logits, y):
    _, m, T_x = logits.shape
    losses, slices, examples = [], [], range(m)
    for t in reversed(range(T_x)):
        z = logits[:, :, t]
        z = z - z[y[:, t], examples]  # the right ones are zero now
        top = np.maximum(0, np.max(z.real, axis=0))
        losses.append(np.mean(top + np.log(np.exp(z - top).sum(axis=0))))
        d = softmax(logits[:, :, t])
        d[y[:, t], examples] -= 1
        slices.insert(0, d / m)
    return np.mean(losses), np.stack(slices, axis=2) / T_x


# token_cell_backward: np.add.at, a gate at a time
def token_cell_backward(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters = cache
    n_a, _ = a_next.shape
    dc = dc_next + da_next * ot * (1 - np.tanh(c_next) ** 2)
    dz = {"f": dc * c_prev * ft * (1 - ft), "i": dc * cct * it * (1 - it)}
    dz |= {"c": dc * it * (1 - cct**2), "o": da_next * np.tanh(c_next) * ot * (1 - ot)}
    gradients = {"dc_prev": dc * ft, "da_prev": np.zeros_like(a_prev)}
    for g, d in dz.items():
        W = parameters["W" + g]
        dW = np.zeros_like(W)
        dW[:, :n_a] = d @ a_prev.T
        np.add.at(dW.T, n_a + xt, d.T)
        gradients["dW" + g], gradients["db" + g] = dW, d.sum(axis=1, keepdims=True)
        gradients["da_prev"] += W[:, :n_a].T @ d
    return gradients


# token_cell_backward: one-hot columns below a_prev, a gradient of theirs that is thrown away
def token_cell_backward(da_next, dc_next, cache):
    a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, p = cache
    n_a, m = a_next.shape
    onehot = np.zeros((p["Wf"].shape[1] - n_a, m))
    onehot[xt, range(m)] = 1
    concat = np.vstack((a_prev, onehot))
    dc = dc_next + (ot - a_next * np.tanh(c_next)) * da_next
    dft, dit = dc * c_prev * ft * (1 - ft), dc * cct * it * (1 - it)
    dcct, dot = dc * it * (1 - cct**2), da_next * a_next * (1 - ot)
    dconcat = p["Wf"].T @ dft + p["Wi"].T @ dit + p["Wc"].T @ dcct + p["Wo"].T @ dot
    gradients = {"da_prev": dconcat[:n_a, :], "dc_prev": ft * dc}
    for gate, d in zip("fico", (dft, dit, dcct, dot), strict=True):
        gradients["dW" + gate] = np.dot(d, concat.T)
        gradients["db" + gate] = np.sum(d, 1)[:, None]
    return gradients


# token_cell_backward: stacked gates and einsum
def token_cell_backward(da_next, dc_next, cache):
    _, c_next, a_prev, c_prev, *gates, xt, p = cache
    f, i, g, o = gates
    n_a, S = a_prev.shape[0], np.tanh(c_next)
    dc = dc_next + da_next * o * (1 - S * S)
    outer = np.stack([dc * c_prev, dc * g, dc * i, da_next * S])
    dz = outer * np.stack([f - f**2, i - i**2, 1 - g**2, o - o**2])
    W = np.stack([p["W" + letter] for letter in "fico"])
    onehot = np.eye(W.shape[2] - n_a)[xt]
    dW = np.einsum("gim,mj->gij", dz, np.hstack((a_prev.T, onehot)))
    gradients = {"dW" + letter: dW[k] for k, letter in enumerate("fico")}
    gradients |= {
        "db" + letter: dz[k].sum(axis=1, keepdims=True) for k, letter in enumerate("fico")
    }
    gradients["da_prev"] = np.einsum("gij,gim->jm", W[:, :, :n_a], dz)
    gradients["dc_prev"] = dc * f
    return gradients


# token_cell_backward: one example after the other, outer products
def token_cell_backward(da_next, dc_next, cache):
    *states, xt, p = cache
    n_a, m = da_next.shape
    gradients = {"d" + k: np.zeros(w.shape) for k, w in p.items() if k[1] in "fico"}
    da_prev, dc_prev = np.empty((n_a, m)), np.empty((n_a, m))
    for k in range(m):
        _, c_next, a_prev, c_prev, f, i, g, o = (state[:, k] for state in states)
        da, S = da_next[:, k], np.tanh(c_next)
        dc = dc_next[:, k] + da * o * (1 - S**2)
        d = {"o": da * S * o * (1 - o), "c": dc * i * (1 - g**2)}
        d |= {"i": dc * g * i * (1 - i), "f": dc * c_prev * f * (1 - f)}
        for gate, dz in d.items():
            gradients["dW" + gate][:, :n_a] += np.outer(dz, a_prev)
            gradients["dW" + gate][:, n_a + xt[k]] += dz
            gradients["db" + gate][:, 0] += dz
        da_prev[:, k] = sum(p["W" + gate][:, :n_a].T @ dz for gate, dz in d.items())
        dc_prev[:, k] = dc * f
    return {"da_prev": da_prev, "dc_prev": dc_prev, **gradients}


# token_cell_backward: the sum over the examples that have a token, token by token
def token_cell_backward(da_next, dc_next, cache):
    _a, c_next, a_prev, c_prev, ft, it, cct, ot, xt, p = cache
    n_a, S = len(a_prev), np.tanh(c_next)
    dc = dc_next + da_next * ot * (1 - S**2)
    d = {"f": dc * c_prev * ft * (1 - ft), "i": dc * cct * it * (1 - it)}
    d |= {"c": dc * it * (1 - cct**2), "o": da_next * S * ot * (1 - ot)}
    words = range(p["Wf"].shape[1] - n_a)
    columns = {g: [d[g][:, xt == word].sum(axis=1) for word in words] for g in d}
    gradients = {"dW" + g: np.column_stack([d[g] @ a_prev.T, *columns[g]]) for g in d}
    gradients |= {"db" + g: np.sum(columns[g], axis=0).reshape(-1, 1) for g in d}
    gradients["da_prev"] = sum(p["W" + g][:, :n_a].T.dot(d[g]) for g in d)
    return gradients | {"dc_prev": dc * ft}


# language_backward: the head's gradients over all steps by tensordot
def language_backward(dlogits, caches):
    steps, _x = caches
    p = steps[0][-1]
    a = np.stack([step[0] for step in steps], axis=2)
    gradients = {"dWy": np.tensordot(dlogits, a, axes=([1, 2], [1, 2]))}
    gradients["dby"] = dlogits.sum(axis=(1, 2)).reshape(-1, 1)
    gradients |= {"d" + k: np.zeros_like(p[k]) for k in p if not k.endswith("y")}
    da = np.tensordot(p["Wy"], dlogits, axes=(0, 0))
    da_prev, dc_prev = np.zeros((2, *a.shape[:2]))
    for t in reversed(range(dlogits.shape[2])):
        step = token_cell_backward(da[:, :, t] + da_prev, dc_prev, steps[t])
        da_prev, dc_prev = step.pop("da_prev"), step.pop("dc_prev")
        for key, value in step.items():
            gradients[key] += value
    return gradients | {"da0": da_prev, "dc0": dc_prev}


# language_backward: the head by einsum, da added to one step earlier
def language_backward(dlogits, caches):
    (steps, _), T = caches, dlogits.shape[2]
    da = np.einsum("ya,ymt->amt", steps[0][-1]["Wy"], dlogits)
    dc, kept = np.zeros(da.shape[:2]), []
    for t in range(T - 1, -1, -1):
        kept.append(token_cell_backward(da[..., t], dc, steps[t]))
        dc = kept[-1]["dc_prev"]
        if t:
            da[..., t - 1] += kept[-1]["da_prev"]
    names = [kind + gate for gate in "ocif" for kind in ("dW", "db")]
    gradients = {name: np.sum([step[name] for step in kept], axis=0) for name in names}
    a = np.dstack([step[0] for step in steps])
    gradients["dWy"] = np.einsum("ymt,amt->ya", dlogits, a)
    gradients["dby"] = np.einsum("ymt->y", dlogits)[:, np.newaxis]
    return {"da0": kept[-1]["da_prev"], "dc0": kept[-1]["dc_prev"], **gradients}


# language_backward: the cell inlined, one product for the weights of all steps
def language_backward(dlogits, caches):
    steps, x = caches
    p, (n_y, _, T_x) = steps[0][-1], dlogits.shape
    W = np.vstack([p["W" + g] for g in "fico"])
    n_a = len(p["bf"])
    da_next, dc, dz = 0, 0, [None] * T_x
    for t in range(T_x)[::-1]:
        _, c_next, _, c_prev, f, i, g, o, _, _ = steps[t]
        da, S = p["Wy"].T @ dlogits[:, :, t] + da_next, np.tanh(c_next)
        dc = dc + da * o * (1 - S**2)
        dz[t] = [dc * c_prev * f * (1 - f), dc * g * i * (1 - i)]
        dz[t] = np.vstack([*dz[t], dc * i * (1 - g**2), da * S * o * (1 - o)])
        da_next, dc = W[:, :n_a].T @ dz[t], dc * f
    dz = np.concatenate(dz, axis=1)
    onehot = np.eye(W.shape[1] - n_a)[x.T.ravel()].T
    before, after = (np.concatenate([step[k] for step in steps], axis=1) for k in (2, 0))
    dW, d = dz @ np.concatenate((before, onehot)).T, dlogits.transpose(0, 2, 1).reshape(n_y, -1)
    gradients = {"da0": da_next, "dc0": dc, "dWy": d @ after.T, "dby": d.sum(1, keepdims=True)}
    for k, g in enumerate("fico"):
        rows = slice(k * n_a, (k + 1) * n_a)
        gradients |= {"dW" + g: dW[rows], "db" + g: dz[rows].sum(1, keepdims=True)}
    return gradients


# language_backward: recursive, sums returned
def language_backward(dlogits, caches):
    steps = caches[0]

    def back(t):
        if t == len(steps):
            return 0, np.zeros_like(steps[0][1]), {}
        da, dc, sums = back(t + 1)
        d = dlogits[:, :, t]
        g = token_cell_backward(steps[t][-1]["Wy"].T @ d + da, dc, steps[t])
        da, dc = g.pop("da_prev"), g.pop("dc_prev")
        g |= {"dWy": d @ steps[t][0].T, "dby": d @ np.ones((d.shape[1], 1))}
        return da, dc, {name: sums.get(name, 0) + value for name, value in g.items()}

    da0, dc0, sums = back(0)
    return {**sums, "da0": da0, "dc0": dc0}


# language_backward: reversed lists in step
def language_backward(dlogits, caches):
    steps = caches[0]
    slices = [dlogits[:, :, t] for t in range(len(steps))]
    carry = {"da_prev": 0, "dc_prev": np.zeros(steps[0][3].shape)}
    sums = dict.fromkeys(["dWf", "dWi", "dWc", "dWo", "dbf", "dbi", "dbc", "dbo"], 0)
    sums |= {"dWy": 0, "dby": 0}
    for d, step in zip(slices[::-1], steps[::-1], strict=True):
        da = np.dot(step[9]["Wy"].T, d)
        carry = token_cell_backward(da + carry["da_prev"], carry["dc_prev"], step)
        carry |= {"dWy": np.dot(d, step[0].T), "dby": np.sum(d, axis=1, keepdims=True)}
        sums = {name: sums[name] + carry[name] for name in sums}
    return sums | {"da0": carry["da_prev"], "dc0": carry["dc_prev"]}


# relative_errors: norms of ravelled arrays
def relative_errors(gradients, numerical):
    errors = {}
    for name, mine in gradients.items():
        mine, other = mine.ravel(), numerical[name].ravel()
        size = np.linalg.norm(mine) + np.linalg.norm(other)
        errors[name] = np.linalg.norm(mine - other) / size if size > 0 else 0.0
    return errors


# relative_errors: sums of squares, a dictionary comprehension
def relative_errors(gradients, numerical):
    def norm(array):
        return np.sqrt(np.sum(np.square(array)))

    return {
        k: norm(numerical[k] - gradients[k]) / ((norm(gradients[k]) + norm(numerical[k])) or 1)
        for k in gradients
    }


# relative_errors: zeros first, dot products of vectors
def relative_errors(gradients, numerical):
    errors = dict.fromkeys(gradients, 0.0)
    for name in gradients:
        mine, other = gradients[name].flatten(), numerical[name].flatten()
        if mine.any() or other.any():
            distance = (mine - other) @ (mine - other)
            errors[name] = distance**0.5 / ((mine @ mine) ** 0.5 + (other @ other) ** 0.5)
    return errors


# central_difference: copies at each index
def central_difference(x, y, a0, c0, parameters, name, h):
    gradient = np.zeros_like(parameters[name])
    for index in np.ndindex(*gradient.shape):
        losses = []
        for step in (h, -h):
            moved = {key: array.copy() for key, array in parameters.items()}
            moved[name][index] += step
            losses.append(language_loss(x, y, a0, c0, moved))
        gradient[index] = (losses[0] - losses[1]) / (2 * h)
    return gradient


# central_difference: in place and restored
def central_difference(x, y, a0, c0, parameters, name, h):
    w = parameters[name]
    gradient = np.empty(w.shape)
    for index, value in np.ndenumerate(w.copy()):
        w[index] = value + h
        above = language_loss(x, y, a0, c0, parameters)
        w[index] = value - h
        below = language_loss(x, y, a0, c0, parameters)
        w[index] = value
        gradient[index] = (above - below) / h / 2
    return gradient


# central_difference: one array for each entry, that is zero but for h
def central_difference(x, y, a0, c0, parameters, name, h):
    w = parameters[name]
    steps = h * np.eye(w.size).reshape(w.size, *w.shape)
    sides = [
        [language_loss(x, y, a0, c0, {**parameters, name: w + sign * step}) for step in steps]
        for sign in (1, -1)
    ]
    return np.subtract(*sides).reshape(w.shape) / (2 * h)


# complex_step: the imaginary part of a copy, one entry set
def complex_step(x, y, a0, c0, parameters, name):
    h, w = 1e-30, parameters[name]
    gradient = np.zeros(w.shape)
    for i, j in np.ndindex(w.shape):
        moved = w.astype(complex)
        moved.imag[i, j] = h
        gradient[i, j] = language_loss(x, y, a0, c0, {**parameters, name: moved}).imag / h
    return gradient


# complex_step: all parameters complex, one array moved and restored, another h
def complex_step(x, y, a0, c0, parameters, name):
    h = 1e-40
    p = {key: array + 0j for key, array in parameters.items()}
    flat = p[name].reshape(-1)
    gradient = []
    for k in range(flat.size):
        flat[k] += h * 1j
        gradient.append(np.imag(language_loss(x, y, a0, c0, p)) / h)
        flat[k] = flat[k].real
    return np.array(gradient).reshape(parameters[name].shape)


# complex_step: one array for each entry, that is zero but for ih
def complex_step(x, y, a0, c0, parameters, name):
    w, h = parameters[name], 1e-30
    moved = (w + 1j * h * one.reshape(w.shape) for one in np.eye(w.size))
    losses = [language_loss(x, y, a0, c0, parameters | {name: array}) for array in moved]
    return np.imag(losses).reshape(w.shape) / h


# forum_backward: the equations of one step written out
def forum_backward(dlogits, cache):
    h, c, tanh_c, x, p = (cache[key] for key in ("h", "c", "tanh_c", "x", "parameters"))
    gradients = {"d" + key: np.zeros_like(p[key]) for key in p}
    dh_next, dc_next = np.zeros_like(h[0]), np.zeros_like(h[0])
    for t in reversed(range(len(x))):
        i, f, o, g = (cache[key][t] for key in "ifog")
        dh = dh_next + p["V"].T @ dlogits[t]
        dc = dc_next + dh * o * (1 - tanh_c[t] ** 2)
        dz = {"i": dc * g * i * (1 - i), "f": dc * c[t - 1] * f * (1 - f)}
        dz |= {"o": dh * tanh_c[t] * o * (1 - o), "g": dc * i * (1 - g**2)}
        gradients["dV"] += np.outer(dlogits[t], h[t])
        for k in dz:
            gradients["dW" + k] += np.outer(dz[k], h[t - 1])
            gradients["dU" + k][:, x[t]] += dz[k]
        dh_next = sum(dz[k] @ p["W" + k] for k in dz)
        dc_next = dc * f
    return gradients


# forum_backward: all dz kept, products over time at the end, np.add.at
def forum_backward(dlogits, cache):
    p, T, gates = cache["parameters"], dlogits.shape[0], "gofi"
    h, S = cache["h"], cache["tanh_c"]
    h_prev, c_prev = (np.roll(cache[key], 1, axis=0)[:T] for key in ("h", "c"))
    dh_all, carry, dc = dlogits @ p["V"], 0, 0
    dz = {k: np.zeros_like(h_prev) for k in gates}
    for t in range(T - 1, -1, -1):
        i, f, o, g = (cache[key][t] for key in "ifog")
        dh = dh_all[t] + carry
        dc = dc + dh * o * (1 - S[t] ** 2)
        dz["i"][t], dz["f"][t] = dc * g * i * (1 - i), dc * c_prev[t] * f * (1 - f)
        dz["g"][t], dz["o"][t] = dc * i * (1 - g**2), dh * S[t] * o * (1 - o)
        carry = sum(p["W" + k].T @ dz[k][t] for k in gates)
        dc = dc * f
    gradients = {"dV": np.einsum("ty,ta->ya", dlogits, h[:T])}
    for k in gates:
        gradients["dW" + k] = dz[k].T @ h_prev
        rows = np.zeros_like(p["U" + k].T)
        np.add.at(rows, cache["x"], dz[k])
        gradients["dU" + k] = rows.T
    return gradients


# forum_backward: by language_backward, its gradients renamed and cut
def forum_backward(dlogits, cache):
    ours, x = to_ours(cache["parameters"]), cache["x"]
    steps = []
    for t in range(len(x)):
        rows = [cache[key][k] for k in (t, t - 1) for key in "hc"]
        rows += [cache[key][t] for key in "figo"]
        steps.append((*(row[:, np.newaxis] for row in rows), x[t : t + 1], ours))
    g = language_backward(dlogits.T[:, np.newaxis], (steps, x[np.newaxis]))
    n_a = cache["h"].shape[1]
    gradients = {"dW" + k: g["dW" + our][:, :n_a] for k, our in zip("ifog", "ifoc", strict=True)}
    gradients |= {"dU" + k: g["dW" + our][:, n_a:] for k, our in zip("ifog", "ifoc", strict=True)}
    return gradients | {"dV": g["dWy"]}


# forum_backward: stacked gates, one-hot rows, sums of outer products
def forum_backward(dlogits, cache):
    p, x, h, c, T = cache["parameters"], cache["x"], cache["h"], cache["c"], len(dlogits)
    W, n_x = np.concatenate([p["W" + k] for k in "ifog"]), p["Ui"].shape[1]
    i, f, o, g = (cache[key][:T] for key in "ifog")
    S, c_prev = np.tanh(c[:T]), np.vstack((c[-1:], c[: T - 1]))
    by_c = np.stack([g * i * (1 - i), c_prev * f * (1 - f), 0 * o, i * (1 - g**2)], axis=1)
    by_h = np.stack([0 * i, 0 * f, S * o * (1 - o), 0 * g], axis=1)
    dW, dU, dV = 0, 0, 0
    dh, dc = np.zeros((2, h.shape[1]))
    for t in list(range(T))[::-1]:
        dh = dh + dlogits[t] @ p["V"]
        dc = dc + dh * o[t] * (1 - S[t] ** 2)
        dz = (by_c[t] * dc + by_h[t] * dh).reshape(-1, 1)
        dW, dU = dW + dz * h[t - 1], dU + dz * (np.arange(n_x) == x[t])
        dV = dV + dlogits[t][:, None] * h[t][None, :]
        dh, dc = W.T @ dz[:, 0], dc * f[t]
    gradients = {"dW" + k: part for k, part in zip("ifog", np.split(dW, 4), strict=True)}
    gradients |= {"dU" + k: part for k, part in zip("ifog", np.split(dU, 4), strict=True)}
    return {**gradients, "dV": dV}


# forum_backward: token_cell_backward on columns, its dW cut
def forum_backward(dlogits, cache):
    p, T, n_a = cache["parameters"], len(dlogits), cache["h"].shape[1]
    columns = {key: cache[key][:, :, None] for key in ("h", "c", "f", "i", "g", "o")}
    sums, da, dc = {}, np.zeros((n_a, 1)), np.zeros((n_a, 1))
    for t in range(T)[::-1]:
        step = [columns["h"][t], columns["c"][t], columns["h"][t - 1], columns["c"][t - 1]]
        step += [columns[key][t] for key in "figo"] + [cache["x"][[t]], to_ours(p)]
        one = token_cell_backward(da + p["V"].T @ dlogits[t, :, None], dc, step)
        da, dc = one["da_prev"], one["dc_prev"]
        sums = {key: sums.get(key, 0) + one[key] for key in ("dWi", "dWf", "dWo", "dWc")}
    gradients = {"dV": dlogits.T @ cache["h"][:-1]}
    for key, total in sums.items():
        g = key[-1].replace("c", "g")
        gradients["dW" + g], gradients["dU" + g] = np.split(total, [n_a], axis=1)
    return gradients


# clip_gradients: the smaller of one and largest by norm
def clip_gradients(gradients, largest):
    norm = np.sqrt(sum((g**2).sum() for g in gradients.values()))
    scale = min(1.0, largest / norm) if norm else 1.0
    return {name: g * scale for name, g in gradients.items()}


# clip_gradients: one long vector, divided by the larger of the two
def clip_gradients(gradients, largest):
    norm = np.linalg.norm(np.concatenate([g.ravel() for g in gradients.values()]))
    return {name: g / max(norm, largest) * largest for name, g in gradients.items()}


# clip_gradients: the norm of norms, copies where nothing is to be done, or copies scaled in place
def clip_gradients(gradients, largest):
    norm = np.linalg.norm([np.linalg.norm(g) for g in gradients.values()])
    clipped = {name: g.copy() for name, g in gradients.items()}
    if norm > largest:
        for g in clipped.values():
            g *= largest / norm
    return clipped
