"""A model of the checks that were published with v4 of the assignment, to compare with.

Forward functions: what its automatic tests look at, that is shapes, a few entries on one seeded
input, and, for the RNN cell, three inputs of which all but one term is zero. Backward functions
have no such tests, only the printed numbers and shapes of the published cells; here a student
compares every digit of them.
"""

import numpy as np

from rnn_course.subject import published
from rnn_course.subject.cases import published_case
from rnn_course.subject.exercises import of
from rnn_published import PUBLISHED, draw
from rnn_utils import softmax

EXERCISES = of("rnn-step-by-step")  # the published ones

LSTM_CACHE = ("a_next", "c_next", "a_prev", "c_prev", "ft", "it", "cct", "ot", "xt")
COMPARED = ("a_next", "c_next", "ft", "it", "cct", "ot")
PEEK = (0, slice(0, 2))  # the entries that are compared of each array in the LSTM cell's cache
LOOSE = 1e-4  # y_pred of rnn_forward is compared with numbers of five decimals

# What the published v4 tests are known to let pass. (function, right text, wrong text)
LET_PASS = (
    ("lstm_forward", "c_next = np.zeros((n_a, m))", "c_next = c[:, :, 0]"),
    ("rnn_cell_forward", "np.dot(Wya, a_next) + by", "np.dot(Wya, a_prev) + by"),
    ("rnn_cell_forward", "np.dot(Wya, a_next) + by", "by + 0 * np.dot(Wya, a_next)"),
    (
        "rnn_cell_forward",
        "np.tanh(np.dot(Waa, a_prev) + np.dot(Wax, xt) + ba)",
        "np.tanh(np.dot(Waa, a_prev)) + np.tanh(np.dot(Wax, xt)) + np.tanh(ba)",
    ),
)


def accepts(name: str, function) -> bool:
    """Whether the published v4 checks have no fault to find with a function."""
    try:
        if name.endswith("backward"):
            return _printed_numbers(name, function)
        return FORWARD[name](function)
    except Exception:
        return False


def certify() -> None:
    """Hold the model against what is known: it accepts the right functions and lets four pass."""
    functions = published.build()
    for name, function in ((name, functions[name]) for name in EXERCISES):
        if not accepts(name, function):
            raise AssertionError(f"the model of the v4 checks refuses the right {name}")
    for name, right, wrong in LET_PASS:
        if right not in published.SOURCE[name]:
            raise AssertionError(f"{name} has no {right!r} to make {wrong!r} of")
        function = published.build({name: published.SOURCE[name].replace(right, wrong)})[name]
        if not accepts(name, function):
            raise AssertionError(f"the model of the v4 checks refuses {wrong!r} in {name}")


def _drawn(name, seed, **sizes):
    """The inputs of one seeded test, and the right outputs."""
    given = draw(name, np.random.RandomState(seed).randn, sizes).values()
    return given, EXERCISES[name].reference(*given)


def _shaped(*pairs) -> bool:
    return all(array.shape == shape for array, shape in pairs)


def _rnn_cell_forward(function) -> bool:
    normal = np.random.RandomState(0).randn
    right = True
    for present in ("ba by", "xt", "a_prev"):
        arrays = draw("rnn_cell_forward", normal, PUBLISHED["rnn_cell_forward"].sizes)
        p = arrays["parameters"]
        p["Wya"] *= 0  # in all three: the output never depends on it
        for pool, key in ((arrays, "xt"), (arrays, "a_prev"), (p, "ba"), (p, "by")):
            pool[key] *= key in present.split()
        xt, a_prev = arrays["xt"], arrays["a_prev"]
        z = {"ba by": p["ba"], "xt": p["Wax"] @ xt, "a_prev": p["Waa"] @ a_prev}[present]
        a_next, yt_pred, cache = function(xt, a_prev, p)
        if present == "ba by":
            right &= _shaped((a_next, (5, 10)), (yt_pred, (2, 10)), (cache[0], (5, 10)))
            right &= _shaped((cache[1], (5, 10)), (cache[2], (3, 10))) and len(cache[3]) == 5
        right &= np.allclose(np.tanh(z), a_next)
        right &= np.allclose(softmax(p["Wya"] @ a_next + p["by"]), yt_pred)
    return right


def _rnn_forward(function) -> bool:
    given, (a, y_pred, _) = _drawn("rnn_forward", 17, n_x=4, n_a=7, n_y=3, m=8, T_x=13)
    mine, mine_y, caches = function(*given)
    return (
        _shaped((mine, a.shape), (mine_y, y_pred.shape))
        and len(caches[0]) == a.shape[2]
        and np.allclose(mine[5, 2, 2:6], a[5, 2, 2:6])
        and np.allclose(mine_y[2, 1, 1:5], y_pred[2, 1, 1:5], atol=LOOSE)
        and np.allclose(caches[1], next(iter(given)))
    )


def _lstm_cell_forward(function) -> bool:
    given, expected = _drawn("lstm_cell_forward", 212, n_x=4, n_a=7, n_y=3, m=8)
    *mine, cache = function(*given)
    pairs = dict(zip(LSTM_CACHE, zip(cache, expected[3], strict=True), strict=False))
    return (
        len(cache) == len(expected[3])
        and _shaped(*((one, right.shape) for one, right in pairs.values()))
        and _shaped(*((one, right.shape) for one, right in zip(mine, expected, strict=False)))
        and all(np.allclose(one[PEEK], right[PEEK]) for one, right in map(pairs.get, COMPARED))
        and np.allclose(mine[2][1], expected[2][1])
    )


def _lstm_forward(function) -> bool:
    given, (a, y, c, caches) = _drawn("lstm_forward", 45, n_x=4, n_a=3, n_y=2, m=13, T_x=16)
    mine = function(*given)
    triples = [*zip(mine, (a, y, c), ((2, 1), (1, 1), (2, 1)), strict=False)]
    return (
        all(_shaped((one, right.shape)) for one, right, _ in triples)
        and len(mine[3][0]) == len(caches[0])
        and len(mine[3][0][0]) == len(caches[0][0])
        and all(np.allclose(one[at][4:6], right[at][4:6]) for one, right, at in triples)
    )


def _printed_numbers(name: str, function) -> bool:
    """Whether each line of the published cell comes out, to the digits that it prints."""
    gradients = function(*published_case(EXERCISES[name]).arguments)
    for label, expected in PUBLISHED[name].lines:
        value = eval(label.partition(" =")[0], {"gradients": gradients})
        if expected.startswith("("):
            if str(value) != expected:
                return False
        elif not np.allclose(value, np.array(expected.split(), float), rtol=1e-8, atol=1e-8):
            return False
    return True


FORWARD = {
    "rnn_cell_forward": _rnn_cell_forward,
    "rnn_forward": _rnn_forward,
    "lstm_cell_forward": _lstm_cell_forward,
    "lstm_forward": _lstm_forward,
}
