"""Stand-ins: known simple arithmetic with the shapes and caches of the real functions.

A function that is run with a stand-in for the one that it repeats is judged on its own lines,
whatever the student's cell or loss does. They are no networks and give nothing away; each output
depends on each argument in another way, so that a loop that mixes two of them up is noticed.
"""

import numpy as np


def token_cell_forward(xt, a_prev, c_prev, parameters):
    ft, it, cct, ot = (0.1 * k * xt + parameters["b" + g] for k, g in enumerate("fico", 1))
    c_next = 0.5 * c_prev + 0.25 * a_prev + ft
    a_next = 0.75 * a_prev - 0.5 * c_prev + ot
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, cache


def token_cell_backward(da_next, dc_next, cache):
    _, _, a_prev, c_prev, _, _, _, _, xt, parameters = cache
    gradients = {
        "da_prev": 0.5 * da_next - 0.25 * dc_next + 0.125 * a_prev,
        "dc_prev": 0.75 * dc_next + 0.25 * da_next + 0.125 * c_prev,
    }
    da, dc, c = (array.sum(axis=1, keepdims=True) for array in (da_next, dc_next, c_prev))
    for k, gate in enumerate("fico", 1):
        gradients["dW" + gate] = (k * da + dc) * parameters["W" + gate] + xt.sum()
        gradients["db" + gate] = (k * da + dc) + parameters["b" + gate] + c
    return gradients


def language_loss(x, y, a0, c0, parameters):
    given = 0.01 * x.sum() + 0.02 * y.sum() + 0.1 * np.sin(a0).sum() + 0.2 * np.sin(c0).sum()
    total = given
    for k, name in enumerate(sorted(parameters), 1):
        w = parameters[name]
        places = 1 + np.arange(w.size).reshape(w.shape) / w.size
        total = total + np.sum(np.sin(places * w + given + k)) / k
    return total + 0.1 * total**2  # so that what one entry does depends on the others
