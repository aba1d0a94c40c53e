"""Stand-in cells: known simple arithmetic with the shapes and caches of the real cells.

A sequence function that is run with a stand-in is judged on its own loop, whatever the student's
cell does. They are no recurrent networks and give nothing away; each output depends on each
argument in another way, so that a loop that mixes two of them up is noticed. The text of each goes
to where the student's code runs: it knows numpy and nothing else of this module.
"""


def rnn_cell_forward(xt, a_prev, parameters):
    a_next = 0.5 * a_prev + 0.25 * xt.sum(axis=0, keepdims=True) + parameters["ba"]
    yt_pred = parameters["by"] + a_next.sum(axis=0, keepdims=True)
    return a_next, yt_pred, (a_next, a_prev, xt, parameters)


def lstm_cell_forward(xt, a_prev, c_prev, parameters):
    sums = xt.sum(axis=0, keepdims=True)
    gates = [0.1 * k * sums + parameters["b" + g] for k, g in enumerate("fico", 1)]
    c_next = 0.5 * c_prev + 0.25 * a_prev + gates[0]
    a_next = 0.75 * a_prev - 0.5 * c_prev + gates[3]
    yt_pred = parameters["by"] + a_next.sum(axis=0, keepdims=True)
    ft, it, cct, ot = gates
    cache = (a_next, c_next, a_prev, c_prev, ft, it, cct, ot, xt, parameters)
    return a_next, c_next, yt_pred, cache


def rnn_cell_backward(da_next, cache):
    _, a_prev, xt, parameters = cache
    total = da_next.sum()
    return {
        "dxt": 0.5 * da_next.sum(axis=0, keepdims=True) + xt,
        "da_prev": 0.5 * da_next + 0.25 * a_prev,
        "dWax": total + parameters["Wax"] + xt.sum(),
        "dWaa": 2 * total + parameters["Waa"] + a_prev.sum(),
        "dba": 3 * da_next.sum(axis=1, keepdims=True) + parameters["ba"],
    }


def lstm_cell_backward(da_next, dc_next, cache):
    _, _, a_prev, c_prev, _, _, _, _, xt, parameters = cache
    sums = (0.5 * da_next + 0.25 * dc_next).sum(axis=0, keepdims=True)
    gradients = {
        "dxt": sums + xt,
        "da_prev": 0.5 * da_next - 0.25 * dc_next + 0.125 * a_prev,
        "dc_prev": 0.75 * dc_next + 0.25 * da_next + 0.125 * c_prev,
    }
    da, dc, x, c = (array.sum() for array in (da_next, dc_next, xt, c_prev))
    for k, gate in enumerate("fico", 1):
        gradients["dW" + gate] = (k * da + dc) * parameters["W" + gate] + x
        gradients["db" + gate] = (k * da + dc) + parameters["b" + gate] + c
    return gradients
