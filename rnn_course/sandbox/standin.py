"""Stand-in cells: known simple arithmetic with the shapes and caches of the real cells.

A sequence function that is run with a stand-in is judged on its own loop, whatever the student's
cell does. They are no recurrent networks and give nothing away; each output depends on each
argument in another way, so that a loop that mixes two of them up is noticed.
"""

import numpy as np


def _mean(array):
    """The mean over axis 0, kept as a row: (1, m) from (n, m)."""
    return np.mean(array, axis=0, keepdims=True)


def rnn_cell_forward(xt, a_prev, parameters):
    a_next = 0.5 * a_prev + 0.25 * _mean(xt) + parameters["ba"]
    yt_pred = parameters["by"] + _mean(a_next)
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    gates = [0.1 * k * _mean(xt) + parameters["b" + g] for k, g in enumerate("fico", 1)]
    c_next = 0.5 * c_prev + 0.25 * a_prev + gates[0]
    a_next = 0.75 * a_prev - 0.5 * c_prev + gates[3]
    yt_pred = parameters["by"] + _mean(a_next)
    ft, it, cct, ot = gates
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache


def rnn_cell_backward(da_next, cache):
    _, a_prev, xt, parameters = cache
    mean = np.mean(da_next)
    return {
        "dxt": 0.5 * _mean(da_next) + xt,
        "da_prev": 0.5 * da_next + 0.25 * a_prev,
        "dWax": mean + parameters["Wax"] + np.mean(xt),
        "dWaa": 2 * mean + parameters["Waa"] + np.mean(a_prev),
        "dba": 3 * np.mean(da_next, axis=1, keepdims=True) + parameters["ba"],
    }


def lstm_cell_backward(da_next, dc_next, cache):
    _, _, a_prev, c_prev, _, _, _, _, xt, parameters = cache
    gradients = {
        "dxt": 0.5 * _mean(da_next) + 0.25 * _mean(dc_next) + xt,
        "da_prev": 0.5 * da_next - 0.25 * dc_next + 0.125 * a_prev,
        "dc_prev": 0.75 * dc_next + 0.25 * da_next + 0.125 * c_prev,
    }
    da, dc, x, c = map(np.mean, (da_next, dc_next, xt, c_prev))
    for k, gate in enumerate("fico", 1):
        gradients["dW" + gate] = (k * da + dc) * parameters["W" + gate] + x
        gradients["db" + gate] = (k * da + dc) + parameters["b" + gate] + c
    return gradients
