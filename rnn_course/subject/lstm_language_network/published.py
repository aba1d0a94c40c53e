"""The published form: the functions of the second assignment as a student would write them.

Each gate stands on one line, under the names dot, dcct, dit and dft. The catalogue of mistakes
edits the text of these functions, so their lines are chosen for that and not for beauty. The
notebook gives language_loss, to_ours, forum_forward and one_step_back. Shapes as in reference.py.
"""

import numpy as np

from rnn_utils import sigmoid


def token_cell_forward(xt, a_prev, c_prev, parameters):
    """One step of the LSTM on tokens."""
    Wf = parameters["Wf"]
    bf = parameters["bf"]
    Wi = parameters["Wi"]
    bi = parameters["bi"]
    Wc = parameters["Wc"]
    bc = parameters["bc"]
    Wo = parameters["Wo"]
    bo = parameters["bo"]
    n_a, m = a_prev.shape
    ft = sigmoid(np.dot(Wf[:, :n_a], a_prev) + Wf[:, n_a + xt] + bf)
    it = sigmoid(np.dot(Wi[:, :n_a], a_prev) + Wi[:, n_a + xt] + bi)
    cct = np.tanh(np.dot(Wc[:, :n_a], a_prev) + Wc[:, n_a + xt] + bc)
    c_next = ft * c_prev + it * cct
    ot = sigmoid(np.dot(Wo[:, :n_a], a_prev) + Wo[:, n_a + xt] + bo)
    a_next = ot * np.tanh(c_next)
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, cache


def language_forward(x, a0, c0, parameters):
    """The network over all steps."""
    Wy = parameters["Wy"]
    by = parameters["by"]
    m, T_x = x.shape
    a = []
    logits = []
    c = []
    caches = []
    a_next = a0
    c_next = c0
    for t in range(T_x):
        a_next, c_next, cache = token_cell_forward(x[:, t], a_next, c_next, parameters)
        a.append(a_next)
        logits.append(np.dot(Wy, a_next) + by)
        c.append(c_next)
        caches.append(cache)
    a = np.stack(a, axis=2)
    logits = np.stack(logits, axis=2)
    c = np.stack(c, axis=2)
    caches = (caches, x)
    return a, logits, c, caches


def cross_entropy(logits, y):
    """The mean loss over all predictions, and its gradient."""
    n_y, m, T_x = logits.shape
    z = logits - np.max(logits, axis=0)
    log_p = z - np.log(np.sum(np.exp(z), axis=0))
    loss = 0
    dlogits = np.exp(log_p)
    for k in range(m):
        for t in range(T_x):
            loss = loss - log_p[y[k, t], k, t]
            dlogits[y[k, t], k, t] -= 1
    loss = loss / (m * T_x)
    dlogits = dlogits / (m * T_x)
    return loss, dlogits


def language_loss(x, y, a0, c0, parameters):
    """The loss of the whole network, with the functions of the notebook."""
    a, logits, c, caches = language_forward(x, a0, c0, parameters)
    loss, dlogits = cross_entropy(logits, y)
    return loss


def token_cell_backward(da_next, dc_next, cache):
    """The gradients of one LSTM step on tokens."""
    (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters) = cache
    n_a, m = a_next.shape
    Wf = parameters["Wf"]
    Wi = parameters["Wi"]
    Wc = parameters["Wc"]
    Wo = parameters["Wo"]
    dc = dc_next + da_next * ot * (1 - np.tanh(c_next) ** 2)
    dot = da_next * np.tanh(c_next) * ot * (1 - ot)
    dcct = dc * it * (1 - cct**2)
    dit = dc * cct * it * (1 - it)
    dft = dc * c_prev * ft * (1 - ft)
    dWf = np.zeros(Wf.shape)
    dWi = np.zeros(Wi.shape)
    dWc = np.zeros(Wc.shape)
    dWo = np.zeros(Wo.shape)
    dWf[:, :n_a] = np.dot(dft, a_prev.T)
    dWi[:, :n_a] = np.dot(dit, a_prev.T)
    dWc[:, :n_a] = np.dot(dcct, a_prev.T)
    dWo[:, :n_a] = np.dot(dot, a_prev.T)
    for k in range(m):
        column = n_a + xt[k]
        dWf[:, column] += dft[:, k]
        dWi[:, column] += dit[:, k]
        dWc[:, column] += dcct[:, k]
        dWo[:, column] += dot[:, k]
    dbf = np.sum(dft, axis=1, keepdims=True)
    dbi = np.sum(dit, axis=1, keepdims=True)
    dbc = np.sum(dcct, axis=1, keepdims=True)
    dbo = np.sum(dot, axis=1, keepdims=True)
    da_prev = (
        np.dot(Wf[:, :n_a].T, dft)
        + np.dot(Wi[:, :n_a].T, dit)
        + np.dot(Wc[:, :n_a].T, dcct)
        + np.dot(Wo[:, :n_a].T, dot)
    )
    dc_prev = dc * ft
    gradients = {"da_prev": da_prev, "dc_prev": dc_prev}
    gradients |= {"dWf": dWf, "dbf": dbf, "dWi": dWi, "dbi": dbi}
    gradients |= {"dWc": dWc, "dbc": dbc, "dWo": dWo, "dbo": dbo}
    return gradients


def language_backward(dlogits, caches):
    """The gradients of the network over all steps."""
    (caches, x) = caches
    (a1, c1, a0, c0, f1, i1, cc1, o1, x1, parameters) = caches[0]
    n_y, m, T_x = dlogits.shape
    Wy = parameters["Wy"]
    da_prevt = np.zeros(a0.shape)
    dc_prevt = np.zeros(c0.shape)
    dWf = np.zeros(parameters["Wf"].shape)
    dWi = np.zeros(parameters["Wi"].shape)
    dWc = np.zeros(parameters["Wc"].shape)
    dWo = np.zeros(parameters["Wo"].shape)
    dWy = np.zeros(Wy.shape)
    dbf = np.zeros(parameters["bf"].shape)
    dbi = np.zeros(parameters["bi"].shape)
    dbc = np.zeros(parameters["bc"].shape)
    dbo = np.zeros(parameters["bo"].shape)
    dby = np.zeros((n_y, 1))
    for t in reversed(range(T_x)):
        dyt = dlogits[:, :, t]
        a_next = caches[t][0]
        dWy += np.dot(dyt, a_next.T)
        dby += np.sum(dyt, axis=1, keepdims=True)
        da_next = np.dot(Wy.T, dyt) + da_prevt
        gradients = token_cell_backward(da_next, dc_prevt, caches[t])
        da_prevt = gradients["da_prev"]
        dc_prevt = gradients["dc_prev"]
        dWf += gradients["dWf"]
        dWi += gradients["dWi"]
        dWc += gradients["dWc"]
        dWo += gradients["dWo"]
        dbf += gradients["dbf"]
        dbi += gradients["dbi"]
        dbc += gradients["dbc"]
        dbo += gradients["dbo"]
    gradients = {"da0": da_prevt, "dc0": dc_prevt, "dWy": dWy, "dby": dby}
    gradients |= {"dWf": dWf, "dbf": dbf, "dWi": dWi, "dbi": dbi}
    gradients |= {"dWc": dWc, "dbc": dbc, "dWo": dWo, "dbo": dbo}
    return gradients


def relative_errors(gradients, numerical):
    """How far apart the two arrays of each name are."""
    errors = {}
    for name in gradients:
        mine = gradients[name]
        other = numerical[name]
        size = np.linalg.norm(mine) + np.linalg.norm(other)
        errors[name] = np.linalg.norm(mine - other) / size if size > 0 else 0.0
    return errors


def central_difference(x, y, a0, c0, parameters, name, h):
    """The gradient of the loss by one array, from the losses on both sides."""
    w = parameters[name]
    gradient = np.zeros(w.shape)
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            up = w.copy()
            up[i, j] += h
            down = w.copy()
            down[i, j] -= h
            above = language_loss(x, y, a0, c0, {**parameters, name: up})
            below = language_loss(x, y, a0, c0, {**parameters, name: down})
            gradient[i, j] = (above - below) / (2 * h)
    return gradient


def complex_step(x, y, a0, c0, parameters, name):
    """The gradient of the loss by one array, from a step in the imaginary direction."""
    h = 1e-30
    w = parameters[name]
    gradient = np.zeros(w.shape)
    for i in range(w.shape[0]):
        for j in range(w.shape[1]):
            moved = w.astype(complex)
            moved[i, j] += 1j * h
            loss = language_loss(x, y, a0, c0, {**parameters, name: moved})
            gradient[i, j] = np.imag(loss) / h
    return gradient


def to_ours(parameters):
    """The parameters of the forum post under our names: W = [its W, its U], V = Wy, no biases."""
    n_y, n_a = parameters["V"].shape
    ours = {"Wy": parameters["V"], "by": np.zeros((n_y, 1))}
    for g, letter in zip("ifog", "ifoc"):
        ours["W" + letter] = np.hstack((parameters["W" + g], parameters["U" + g]))
        ours["b" + letter] = np.zeros((n_a, 1))
    return ours


def forum_forward(x, h0, c0, parameters):
    """The network on one sequence, time first, with the cache of the forum post."""
    ours = to_ours(parameters)
    a, logits, c, (steps, _) = language_forward(x[None], h0[:, None], c0[:, None], ours)
    cache = {"h": np.vstack((a[:, 0].T, h0)), "c": np.vstack((c[:, 0].T, c0))}
    for name, place in (("f", 4), ("i", 5), ("g", 6), ("o", 7)):
        rows = [step[place][:, 0] for step in steps]
        cache[name] = np.vstack((*rows, np.zeros(len(h0))))
    cache["tanh_c"] = np.vstack((np.tanh(c[:, 0].T), np.zeros(len(c0))))
    return logits[:, 0].T, cache | {"x": x, "parameters": parameters}


def one_step_back(dh, dc, cache, t):
    """One step of the way back in the notation of the forum post: its four dz, dc of step t - 1."""
    rows = [cache["h"][t], cache["c"][t], cache["h"][t - 1], cache["c"][t - 1]]
    rows += [cache[name][t] for name in "figo"]
    step = [row[:, None] for row in rows]
    step += [cache["x"][t : t + 1], to_ours(cache["parameters"])]
    gradients = token_cell_backward(dh[:, None], dc[:, None], tuple(step))
    dz = {g: gradients["db" + letter][:, 0] for g, letter in zip("ifog", "ifoc")}
    return dz, gradients["dc_prev"][:, 0]


def forum_backward(dlogits, cache):
    """The gradients of one sequence, in the notation of the forum post."""
    p, h, x = cache["parameters"], cache["h"], cache["x"]
    gradients = {"d" + name: np.zeros(w.shape) for name, w in p.items()}
    dh_next = np.zeros(h.shape[1])
    dc_next = np.zeros(h.shape[1])
    for t in reversed(range(len(dlogits))):
        gradients["dV"] += np.outer(dlogits[t], h[t])
        dh = np.dot(p["V"].T, dlogits[t]) + dh_next
        dz, dc_next = one_step_back(dh, dc_next, cache, t)
        for g in "ifog":
            gradients["dW" + g] += np.outer(dz[g], h[t - 1])
            gradients["dU" + g][:, x[t]] += dz[g]
        dh_next = sum(np.dot(p["W" + g].T, dz[g]) for g in "ifog")
    return gradients


def clip_gradients(gradients, largest):
    """The gradients with a common norm that is not too large."""
    total = 0
    for name in gradients:
        total += np.sum(gradients[name] ** 2)
    norm = np.sqrt(total)
    factor = 1
    if norm > largest:
        factor = largest / norm
    clipped = {}
    for name in gradients:
        clipped[name] = factor * gradients[name]
    return clipped
