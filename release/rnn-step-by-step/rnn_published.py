"""The published cells of the assignment as data: what each draws, and the numbers it prints.

Sizes: n_x inputs, n_a hidden units, n_y outputs, m examples, T_x time steps (T_da of them in da).
"""

from typing import NamedTuple

import numpy as np


class Published(NamedTuple):
    """A published cell: its draws in order, its outputs, their sizes, and the lines it prints.

    draws and outputs read 'name:dimension,dimension'; a cache has no dimensions, and 'Wy=0'
    is not drawn but zero. A line is (label, expected): the cell does print(label, value).
    also are lines of ours that the checks look at and nothing prints.
    """

    draws: str
    outputs: str
    sizes: dict
    lines: list
    also: list


def shapes_of(spec, sizes):
    """{'a': (5, 10), 'caches': None} from 'a:n_a,m caches' and {'n_a': 5, 'm': 10}."""
    shapes = {}
    for item in spec.split():
        name, _, dimensions = item.partition(":")
        shapes[name] = dimensions and tuple(
            sum(sizes.get(term, 1) for term in d.split("+")) for d in dimensions.split(",")
        )
    return shapes


def _published(draws, outputs, printed, also="", T_x=1, T_da=None):
    """Read 'label | expected; …' of a published cell; the sizes are those of every one of them."""
    sizes = {"n_x": 3, "m": 10, "n_a": 5, "n_y": 2, "T_x": T_x, "T_da": T_da or T_x}
    shapes = shapes_of(outputs, sizes)
    return Published(draws, outputs, sizes, _lines(printed, shapes), _lines(also, shapes))


def _lines(text, shapes):
    """The rows of a table; a row 'dW[3][1] | …' stands for its two printed lines."""
    lines = []
    for row in filter(None, text.split(";")):
        label, expected = (" ".join(part.split()) for part in row.split("|"))
        if label.startswith("d"):
            name, bracket, index = label.partition("[")
            lines.append((f'gradients["{name}"]{bracket}{index} =', expected))
            label, expected = f'gradients["{name}"].shape =', shapes[name]
        lines.append((label.replace("\\n", "\n").replace("␣", " "), str(expected)))
    return lines


_RNN = "Wya:n_y,n_a ba:n_a,1 by:n_y,1"
_LSTM = " ".join(f"W{g}:n_a,n_a+n_x b{g}:n_a,1" for g in "fioc")
_STEP, _SEQUENCE = "xt:n_x,m a_prev:n_a,m", "x:n_x,m,T_x a0:n_a,m"
_RNN_GRADIENTS = "dWax:n_a,n_x dWaa:n_a,n_a dba:n_a,1"
_LSTM_GRADIENTS = " ".join(f"dW{g}:n_a,n_a+n_x db{g}:n_a,1" for g in "fico")

PUBLISHED = {
    "rnn_cell_forward": _published(
        f"{_STEP} Waa:n_a,n_a Wax:n_a,n_x {_RNN}",
        "a_next:n_a,m yt_pred:n_y,m cache",
        r"""a_next[4] = \n | 0.59584544 0.18141802 0.61311866 0.99808218 0.85016201
            0.99980978 -0.18887155 0.99815551 0.6531151 0.82872037;
        a_next.shape = \n | (5, 10);
        yt_pred[1] =\n | 0.9888161 0.01682021 0.21140899 0.36817467 0.98988387
            0.88945212 0.36920224 0.9966312 0.9982559 0.17746526;
        yt_pred.shape = \n | (2, 10)""",
    ),
    "rnn_forward": _published(
        f"{_SEQUENCE} Waa:n_a,n_a Wax:n_a,n_x {_RNN}",
        "a:n_a,m,T_x y_pred:n_y,m,T_x caches",
        r"""a[4][1] = \n | -0.99999375 0.77911235 -0.99861469 -0.99833267;
        a.shape = \n | (5, 10, 4);
        y_pred[1][3] =\n | 0.79560373 0.86224861 0.11118257 0.81515947;
        y_pred.shape = \n | (2, 10, 4);
        caches[1][1][3] =\n | -1.1425182 -0.34934272 -0.20889423 0.58662319;
        len(caches) = \n | 2""",
        T_x=4,
    ),
    "lstm_cell_forward": _published(
        f"{_STEP} c_prev:n_a,m {_LSTM} Wy:n_y,n_a by:n_y,1",
        "a_next:n_a,m c_next:n_a,m yt:n_y,m cache",
        r"""a_next[4] = \n | -0.66408471 0.0036921 0.02088357 0.22834167 -0.85575339
            0.00138482 0.76566531 0.34631421 -0.00215674 0.43827275;
        a_next.shape =␣ | (5, 10);
        c_next[2] = \n | 0.63267805 1.00570849 0.35504474 0.20690913 -1.64566718
            0.11832942 0.76449811 -0.0981561 -0.74348425 -0.26810932;
        c_next.shape =␣ | (5, 10);
        yt[1] = | 0.79913913 0.15986619 0.22412122 0.15606108 0.97057211
            0.31146381 0.00943007 0.12666353 0.39380172 0.07828381;
        yt.shape =␣ | (2, 10);
        cache[1][3] =\n | -0.16263996 1.03729328 0.72938082 -0.54101719 0.02752074
            -0.30821874 0.07651101 -1.03752894 1.41219977 -0.37647422;
        len(cache) =␣ | 10""",
        also="""cache[4][1][2] | 0.54309202; cache[5][1][2] | 0.85461047;
        cache[6][1][2] | -0.47127742; cache[7][1][2] | 0.04834420""",
    ),
    "lstm_forward": _published(
        f"{_SEQUENCE} {_LSTM} Wy:n_y,n_a by:n_y,1",
        "a:n_a,m,T_x y:n_y,m,T_x c:n_a,m,T_x caches",
        r"""a[4][3][6] =␣ | 0.172117767533;
        a.shape =␣ | (5, 10, 7);
        y[1][4][3] = | 0.95087346185;
        y.shape =␣ | (2, 10, 7);
        caches[1][1][1] =\n | 0.82797464 0.23009474 0.76201118 -0.22232814
            -0.20075807 0.18656139 0.41005165;
        c[1][2][1] | -0.855544916718;
        len(caches) =␣ | 2""",
        T_x=7,
    ),
    "rnn_cell_backward": _published(
        f"{_STEP} Wax:n_a,n_x Waa:n_a,n_a {_RNN} da_next:n_a,m",
        f"dxt:n_x,m da_prev:n_a,m {_RNN_GRADIENTS}",
        """dxt[1][2] | -1.3872130506; da_prev[2][3] | -0.152399493774;
        dWax[3][1] | 0.410772824935; dWaa[1][2] | 1.15034506685; dba[4] | 0.20023491""",
    ),
    "rnn_backward": _published(
        f"{_SEQUENCE} Wax:n_a,n_x Waa:n_a,n_a {_RNN} da:n_a,m,T_da",
        f"dx:n_x,m,T_da da0:n_a,m {_RNN_GRADIENTS}",
        """dx[1][2] | -2.07101689 -0.59255627 0.02466855 0.01483317;
        da0[2][3] | -0.314942375127; dWax[3][1] | 11.2641044965;
        dWaa[1][2] | 2.30333312658; dba[4] | -0.74747722""",
        T_x=4,
    ),
    "lstm_cell_backward": _published(
        f"{_STEP} c_prev:n_a,m {_LSTM} Wy:n_y,n_a by:n_y,1 da_next:n_a,m dc_next:n_a,m",
        f"dxt:n_x,m da_prev:n_a,m dc_prev:n_a,m {_LSTM_GRADIENTS}",
        """dxt[1][2] | 3.23055911511; da_prev[2][3] | -0.0639621419711;
        dc_prev[2][3] | 0.797522038797; dWf[3][1] | -0.147954838164;
        dWi[1][2] | 1.05749805523; dWc[3][1] | 2.30456216369; dWo[1][2] | 0.331311595289;
        dbf[4] | 0.18864637; dbi[4] | -0.40142491; dbc[4] | 0.25587763; dbo[4] | 0.13893342""",
    ),
    # The published cell draws no Wy and by (they have no effect on a gradient), and a da that
    # is shorter than x: the loop runs over the first 4 of 7 steps.
    "lstm_backward": _published(
        f"{_SEQUENCE} {_LSTM} Wy=0:n_y,n_a by=0:n_y,1 da:n_a,m,T_da",
        f"dx:n_x,m,T_da da0:n_a,m {_LSTM_GRADIENTS}",
        """dx[1][2] | 0.00218254 0.28205375 -0.48292508 -0.43281115;
        da0[2][3] | 0.312770310257; dWf[3][1] | -0.0809802310938;
        dWi[1][2] | 0.40512433093; dWc[3][1] | -0.0793746735512; dWo[1][2] | 0.038948775763;
        dbf[4] | -0.15745657; dbi[4] | -0.50848333; dbc[4] | -0.42510818; dbo[4] | -0.17958196""",
        T_x=7,
        T_da=4,
    ),
}


CACHE_FIELDS = {
    "rnn": ("a_next", "a_prev", "xt", "parameters"),
    "lstm": (
        *("a_next", "c_next", "a_prev", "c_prev"),
        *("ft", "it", "cct", "ot", "xt", "parameters"),
    ),
}
OTHER_SIZES = (  # one example and one time step; more inputs than hidden units
    {"n_x": 2, "n_a": 4, "n_y": 3, "m": 1, "T_x": 1},
    {"n_x": 6, "n_a": 3, "n_y": 5, "m": 2, "T_x": 4},
)


def draw(name, normal, sizes):
    """The inputs of an exercise as {name: array}, drawn in the published order.

    normal(*shape) returns an array of that shape; names that begin with W or b become one
    entry, 'parameters'.
    """
    inputs, parameters = {}, {}
    for item, shape in shapes_of(PUBLISHED[name].draws, sizes).items():
        key, zero, _ = item.partition("=0")
        where = parameters if key[0] in "Wb" else inputs
        where[key] = np.zeros(shape) if zero else normal(*shape)
    before = {k: v for k, v in inputs.items() if not k.startswith("d")}
    after = {k: v for k, v in inputs.items() if k.startswith("d")}
    return before | {"parameters": parameters} | after


def published_inputs(name):
    """The published inputs of an exercise, in the order in which its functions take them."""
    generator = np.random.RandomState(1)
    return tuple(draw(name, generator.randn, PUBLISHED[name].sizes).values())


def random_inputs(name, seed=0, n_x=3, n_a=5, n_y=2, m=4, T_x=6):
    """Small inputs of unequal sizes for an exercise, in the order of published_inputs."""
    sizes = {"n_x": n_x, "n_a": n_a, "n_y": n_y, "m": m, "T_x": T_x, "T_da": T_x}
    generator = np.random.default_rng(seed)
    return tuple(draw(name, lambda *shape: generator.standard_normal(shape), sizes).values())


def draw_names(name):
    """The names of the inputs of an exercise, in the order of published_inputs."""
    return list(draw(name, lambda *shape: np.zeros(shape), PUBLISHED[name].sizes))


def printed_values(name, outputs, lines):
    """Yield (label, value, expected) for each line of a published cell, given its outputs."""
    named = {"gradients": outputs, "len": len}
    if not name.endswith("backward"):
        named |= dict(zip(shapes_of(PUBLISHED[name].outputs, {}), outputs, strict=True))
    for label, expected in lines:
        place = label.partition(" =")[0]
        yield label, eval(place, named), expected  # noqa: S307  place is our own text
