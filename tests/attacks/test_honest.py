"""Honest submissions among the attacks: unusual, and due all their points."""

import pytest

from .attack import Attack, beside

pytestmark = pytest.mark.slow

EINSUM = """
    def rnn_cell_forward(xt, a_prev, parameters):
        p = {key: value.astype(np.float32) for key, value in parameters.items()}
        z = np.einsum("ij,jm->im", p["Wax"], xt) + np.einsum("ij,jm->im", p["Waa"], a_prev)
        a_next = np.tanh(z + p["ba"]).astype(np.float32)
        e = np.exp(p["Wya"] @ a_next + p["by"])
        return [a_next, e / e.sum(0), [a_next, a_prev, xt, parameters]]
"""
CLASSES = """
    from dataclasses import dataclass
    from functools import partial


    @dataclass(frozen=True)
    class Cell:
        Wax: np.ndarray
        Waa: np.ndarray
        Wya: np.ndarray
        ba: np.ndarray
        by: np.ndarray

        def step(self, xt, a_prev):
            a_next = np.tanh(self.Wax @ xt + self.Waa @ a_prev + self.ba)
            return a_next, softmax(self.Wya @ a_next + self.by)


    def rnn_cell_forward(xt, a_prev, parameters):
        a_next, yt_pred = Cell(**parameters).step(xt, a_prev)
        return a_next, yt_pred, (a_next, a_prev, xt, parameters)
"""
THREADS = """
    from concurrent.futures import ThreadPoolExecutor


    def rnn_cell_forward(xt, a_prev, parameters):
        with ThreadPoolExecutor(4) as pool:
            products = [
                pool.submit(np.matmul, parameters["Waa"], a_prev),
                pool.submit(np.matmul, parameters["Wax"], xt),
            ]
            z = sum(product.result() for product in products) + parameters["ba"]
        a_next = np.tanh(z)
        yt_pred = softmax(parameters["Wya"] @ a_next + parameters["by"])
        return a_next, yt_pred, (a_next, a_prev, xt, parameters)
"""
TALK = """
    import logging
    import sys
    import warnings

    $solution


    silent = rnn_cell_forward


    def rnn_cell_forward(xt, a_prev, parameters):
        warnings.warn("as loud as can be")
        logging.warning("%s", xt)
        print("x" * 10_000, file=sys.stderr)
        np.log(np.zeros(3)) / 0
        for k in range(100):
            print(f"\\r{k} %|{'#' * k}", end="", flush=True)
        return silent(xt, a_prev, parameters)


    for _ in range(20):
        print("x" * 10_000)
"""
HELPERS = """
    from mylayers import affine


    def rnn_cell_forward(xt, a_prev, parameters):
        z = affine(parameters["Waa"], a_prev, parameters["ba"]) + parameters["Wax"] @ xt
        a_next = np.tanh(z)
        yt_pred = softmax(affine(parameters["Wya"], a_next, parameters["by"]))
        return a_next, yt_pred, (a_next, a_prev, xt, parameters)
"""
MYLAYERS = """
    import numpy as np


    def affine(W, x, b):
        return np.dot(W, x) + b
"""
OWN_FILES = """
    import json
    import pickle
    import sqlite3
    import tempfile
    from pathlib import Path

    $solution


    path = Path("notes") / "numbers.npz"
    path.parent.mkdir()
    np.savez(path, x=np.arange(10))
    with tempfile.NamedTemporaryFile() as file, sqlite3.connect("mine.db") as mine:
        file.write(pickle.dumps(np.load(path)["x"]))
        mine.execute("create table t (x)")
    json.dump([1], path.with_suffix(".json").open("w"))
    assert json.loads(path.with_suffix(".json").read_text()) == [1]
"""
FIGURE = """
    import matplotlib.pyplot as plt

    plt.plot(np.arange(10))
    plt.title("Größe")
    plt.show()
"""
SLOW = """
    import time

    from IPython.display import clear_output

    for k in range(5):
        clear_output(wait=True)
        print("step", k)
        time.sleep(0.1)
    %timeit -n 1 -r 1 sum(range(10))
    %matplotlib inline
    !echo programs do not run here
"""
GLOBAL = """
    import itertools
    import random
    import typing

    calls = itertools.count()
    $solution


    T = typing.TypeVar("T")
    counted = rnn_cell_forward


    def rnn_cell_forward(xt: T, a_prev: T, parameters: dict[str, T]) -> tuple:
        next(calls), random.random(), np.random.rand()
        return counted(xt, a_prev, parameters)
"""


def _honest(name, **options):
    return Attack(name, "nothing", **options)


ATTACKS = [
    _honest("00-healthy"),
    _honest("another-algorithm", cells={"rnn_cell_forward": EINSUM}),
    _honest("classes", cells={"rnn_cell_forward": CLASSES}),
    _honest("threads-in-a-function", cells={"rnn_cell_forward": THREADS}),
    _honest("talk", cells={"rnn_cell_forward": TALK}),
    _honest(
        "a-module-of-its-own",
        cells={"rnn_cell_forward": HELPERS},
        folder=beside({"mylayers.py": MYLAYERS, "data/notes.txt": "x"}),
    ),
    _honest("files-of-its-own", cells={"rnn_cell_forward": OWN_FILES}),
    _honest("decorations", cells={"rnn_cell_forward": GLOBAL}),
    _honest("pictures-and-magics", before=SLOW, after=FIGURE),
    _honest("zz-healthy"),
]


def test_an_honest_submission_keeps_its_points(attack, batch):
    """Whatever others in the batch are up to."""
    batch.check(attack)
