"""The network of the second assignment, forward and backward, against the first one's cells.

Every verdict needs the reference's gradients, so its tokens pick columns out of W, and the weights
of all steps take one product. What that is worth: language_forward, cross_entropy and
language_backward run in turn with a loop over lstm_cell_forward and lstm_cell_backward on one-hot
inputs; same weights, same tokens, one process, one thread (those of small products wait for each
other). Losses and gradients are compared first. PyTorch's LSTM on this CPU, in double precision
as well, stands beside them where it is installed.

    python benchmarks/network.py [--runs 40]

The exit status is 1 if the network is slower than the loop at any size.
"""

import argparse
import os
import statistics
import sys
import time
from functools import partial

# is read when numpy is imported
os.environ.update(OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")

import numpy as np

from rnn_course.subject.lstm_language_network import reference
from rnn_course.subject.rnn_step_by_step.reference import lstm_cell_backward, lstm_cell_forward

try:
    import torch
except ImportError:
    torch = None

SIZES = [  # words, hidden units, sequences, steps
    *((21, 16, 1, 16), (21, 32, 8, 25), (21, 64, 16, 32), (65, 128, 32, 50), (400, 64, 16, 32)),
]
RTOL = 1e-9  # of the largest entry: one and the same gradient


class Problem:
    """Tokens x, y (m, T_x), states and weights; the tokens as one-hot columns, too."""

    def __init__(self, n_x: int, n_a: int, m: int, T_x: int):
        generator = np.random.default_rng(0)
        self.x, self.y = generator.integers(n_x, size=(2, m, T_x))
        self.a0, self.c0 = 0.1 * generator.standard_normal((2, n_a, m))
        shapes = {"Wy": (n_x, n_a), "by": (n_x, 1)}
        for gate in "fico":
            shapes |= {"W" + gate: (n_a, n_a + n_x), "b" + gate: (n_a, 1)}
        self.parameters = {k: 0.1 * generator.standard_normal(s) for k, s in shapes.items()}
        self.onehot, self.wanted = (np.eye(n_x)[tokens].T.copy() for tokens in (self.x, self.y))


def network(given: Problem) -> tuple[float, dict]:
    """Loss and gradients by the reference."""
    _, logits, _, caches = reference.language_forward(given.x, given.a0, given.c0, given.parameters)
    loss, dlogits = reference.cross_entropy(logits, given.y)
    return loss, reference.language_backward(dlogits, caches)


def loop(given: Problem) -> tuple[float, dict]:
    """Loss and gradients by the cells of the first assignment; onehot is (n_x, T_x, m)."""
    _, T_x, m = given.onehot.shape
    p, a, c, steps, loss = given.parameters, given.a0, given.c0, [], 0.0
    for t in range(T_x):
        a, c, yt, cache = lstm_cell_forward(given.onehot[:, t], a, c, p)
        steps.append((a, yt, cache))
        loss -= np.sum(given.wanted[:, t] * np.log(yt)) / (m * T_x)
    sums, da, dc = dict.fromkeys(p, 0), 0, 0
    for t in reversed(range(T_x)):
        a, yt, cache = steps[t]
        dyt = (yt - given.wanted[:, t]) / (m * T_x)
        step = lstm_cell_backward(p["Wy"].T @ dyt + da, dc, cache)
        step |= {"dWy": dyt @ a.T, "dby": dyt.sum(axis=1, keepdims=True)}
        da, dc = step["da_prev"], step["dc_prev"]
        sums = {name: total + step["d" + name] for name, total in sums.items()}
    return loss, {"d" + name: total for name, total in sums.items()} | {"da0": da, "dc0": dc}


def by_torch(given: Problem):
    """The same in PyTorch, ready to be called; its gates are in the order i, f, g, o."""
    p, (n_x, _, _), n_a = given.parameters, given.onehot.shape, len(given.a0)
    lstm = torch.nn.LSTM(n_x, n_a, dtype=torch.float64)
    head = torch.nn.Linear(n_a, n_x, dtype=torch.float64)
    W, b = (torch.tensor(np.concatenate([p[kind + gate] for gate in "ifco"])) for kind in "Wb")
    state = [torch.tensor(s.T[None].copy(), requires_grad=True) for s in (given.a0, given.c0)]
    weights = [lstm.weight_hh_l0, lstm.weight_ih_l0, lstm.bias_ih_l0, lstm.bias_hh_l0]
    weights += [head.weight, head.bias]
    values = [W[:, :n_a], W[:, n_a:], b[:, 0], 0 * b[:, 0]]
    values += [torch.tensor(p["Wy"]), torch.tensor(p["by"][:, 0])]
    with torch.no_grad():
        for weight, value in zip(weights, values, strict=True):
            weight.copy_(value)
    x = torch.tensor(given.onehot.transpose(1, 2, 0).copy())
    y = torch.tensor(given.y.T.flatten())

    def run():
        a, _ = lstm(x, tuple(state))
        loss = torch.nn.functional.cross_entropy(head(a).flatten(0, 1), y)
        return loss.item(), torch.autograd.grad(loss, weights + state)

    return run


def compare(given: Problem, others: list) -> None:
    """Hold losses and gradients against each other before the times are."""
    (loss, gradients), (loss_of_loop, theirs) = network(given), loop(given)
    assert gradients.keys() == theirs.keys()
    for name, right in theirs.items():
        farthest = np.abs(gradients[name] - right).max() / np.abs(right).max()
        assert farthest <= RTOL, f"{name} differs by {farthest:.1g} of the largest entry"
    for other in (loss_of_loop, *(run()[0] for run in others)):
        assert abs(loss - other) <= RTOL * loss, f"one loss is {loss}, another {other}"


def milliseconds(runs: int, functions: list) -> list[float]:
    """The medians of functions that are called in turn."""
    times: list[list[float]] = [[] for _ in functions]
    for _ in range(runs):
        for function, taken in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            taken.append(1000 * (time.perf_counter() - start))
    return [statistics.median(taken[len(taken) // 5 :]) for taken in times]  # the first warm up


def main() -> int:
    """Measure and print; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=40, help="calls of each at every size")
    options = parser.parse_args()
    print("Forward and backward in ms, medians, one thread each; ratio: network to loop")
    print(f"{'words':>5}{'units':>7}{'sequences':>11}{'steps':>7}", end="")
    print("".join(f"{name:>10}" for name in ("network", "loop", "ratio", "PyTorch")))
    ratios = []
    for sizes in SIZES:
        given = Problem(*sizes)
        others = [by_torch(given)] if torch else []
        compare(given, others)
        functions = [partial(network, given), partial(loop, given), *others]
        mine, theirs, *rest = milliseconds(options.runs, functions)
        ratios.append(mine / theirs)
        cells = "".join(f"{number:10.2f}" for number in (mine, theirs, ratios[-1], *rest))
        print("{:5}{:7}{:11}{:7}".format(*sizes) + cells + "         -" * (not rest))
    if torch is None:
        print("PyTorch is not installed here (pip install -e '.[torch]'): nothing else is missing.")
    print(f"The highest ratio is {max(ratios):.2f}; over 1 the network would be slower.")
    return int(max(ratios) > 1)


if __name__ == "__main__":
    sys.exit(main())
