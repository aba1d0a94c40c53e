"""The way on which outputs and answers come out: written to, closed, flooded, and lied on."""

from inspect import cleandoc

import pytest
from conftest import EXERCISES

from .attack import Attack

pytestmark = pytest.mark.slow

NAMES = list(EXERCISES)
FIND = """
    import json
    import os
    import struct
    import sys


    def number():
        frame = sys._getframe()
        while frame:
            if isinstance(frame.f_locals.get("cell"), dict):
                return frame.f_locals["cell"]["number"]
            frame = frame.f_back
        return 0


    def write(data):
        for fd in range(3, 64):
            try:
                os.fstat(fd)
                rest = data
                while rest:
                    rest = rest[os.write(fd, rest) :]
            except OSError:
                pass


    def send(message):
        data = message if isinstance(message, bytes) else json.dumps(message).encode()
        write(struct.pack(">I", len(data)) + data)
"""
FORGE = """
    import json

    dumps = json.dumps
    state = {"turn": 0}


    def forge(value):
        pass  # a later cell defines it anew


    def forged(value, *arguments, **options):
        if isinstance(value, dict) and ("answer" in value or "outputs" in value):
            forge(value)
            state["turn"] += 1
        return dumps(value, *arguments, **options)


    json.dumps = forged
"""
EARLY = """
    send({"cell": number(), "outputs": []})
    right = {"shapes": [[]], "numbers": "AAAAAAAAWUA=", "tree": {"dict": [["points", 0]]}}
    points = {"output_type": "execute_result", "execution_count": 1, "data": {"text/plain": "100"}}
    for k in range(number() + 1, 100):
        send({"cell": k, "answer": json.dumps(right)})
        send({"cell": k, "outputs": [points]})
"""
NOISE = """
    import threading


    def noise():
        while True:
            send({"cell": number(), "outputs": []})


    threading.Thread(target=noise, daemon=True).start()
"""
ANSWERS = """
    def container(tree, shapes=(), numbers=""):
        return {"shapes": shapes, "numbers": numbers, "tree": tree}


    laughs = {"list": []}
    for number_of_last in range(38):
        laughs = {"list": [laughs, *[{"same": number_of_last}] * 100]}
    KINDS = [
        "",
        "null",
        "[" * 100_000,
        container(100),
        container({"dict": [["points", {"text": "100"}]]}),
        container(1, [[0, 10**30], [2**62, 4]], "AAAA"),
        container({"dict": [["own", -1]]}, [[1]], "////////738="),
        container({"dict": [["own", {"list": [{"dict": [["result", None]]}] * 6}]]}),
        container({"dict": [["own", laughs]]}),
    ]


    def forge(value):
        if "answer" in value:
            kind = KINDS[state["turn"] % len(KINDS)]
            value["answer"] = kind if isinstance(kind, str) else dumps(kind)
"""
LONG_WORDS = """
    words = {"list": [{"text": "<" * 2000}] * 600}


    def forge(value):
        if "answer" in value:
            cases = json.loads(value["answer"])["tree"]["dict"][0][1]["list"]
            calls = [{"dict": [["raised", words]]} for _ in cases]
            tree = {"dict": [["own", {"list": calls}], ["stand-in", {"list": calls}]]}
            container = {"shapes": [], "numbers": "", "tree": tree}
            value["answer"] = dumps(container)[: 8 * 10**6]
"""
MANY_OBJECTS = """
    def forge(value):
        if "outputs" in value and value["cell"] == here:
            value["outputs"] = [[]] * (2 * 10**6)


    here = number()
"""
MANY_OUTPUTS = """
    $solution


    def forge(value):
        if value["cell"] == here:
            stream = {"output_type": "stream", "name": "stdout", "text": "x"}
            value["outputs"] = [stream] * 100_000
            value["count"] = 10**400


    here = number()
"""
HALF = """
    $solution


    import time

    write(struct.pack(">I", 1000) + b"{")
    time.sleep(60)
"""
BOTH = "\n\n\n".join(map(cleandoc, (FIND, FORGE)))
MALFORMED = [
    'b"[]"',
    '{"cell": number()}',
    '{"cell": number(), "outputs": 5}',
    '{"cell": number(), "outputs": [{"output_type": "script"}]}',
    'b"[" * 100_000',
    '{"cell": number(), "answer": "{}"}',
    '{"cell": number() + 1, "outputs": []}',
    'b\'{"cell": 1\' + b"0" * 5000 + b"}"',
]


def _cell(name, source, status):
    status = {"rnn_cell_forward": status}
    cells = {"rnn_cell_forward": source}
    return Attack(name, "the batch", before=FIND, cells=cells, score=92, status=status)


ATTACKS = [
    _cell("closed", "$solution\n\n\nos.closerange(3, 256)", "ended the process"),
    _cell("zeros", "$solution\n\n\nwrite(bytes(64 * 2**20))", "unreadable"),
    _cell("too-long", "$solution\n\n\nwrite(b'\\xff' * 2**20)", "too much output"),
    _cell("half-a-message", HALF, "unreadable"),
    _cell(
        "many-objects",
        "\n\n\n".join(["$solution", cleandoc(FORGE), cleandoc(MANY_OBJECTS)]),
        "unreadable",
    ),
    Attack(
        "malformed-messages",
        "the batch",
        before=FIND,
        cells={
            name: f"$solution\n\n\nsend({what})"
            for name, what in zip(NAMES, MALFORMED, strict=True)
        },
        score=0,
        status=dict.fromkeys(NAMES, "unreadable"),
    ),
    Attack("answers-before-they-are-asked", before=FIND, cells={"rnn_cell_forward": EARLY}),
    Attack("noise", before=FIND, after="", cells={"rnn_cell_forward": NOISE}),
    Attack("answers-of-all-kinds", before=FORGE, cells={"rnn_cell_forward": ANSWERS}),
    Attack("long-words", "output", before=FORGE, cells={"rnn_cell_forward": LONG_WORDS}, score=0),
    Attack("many-outputs", "output", before=BOTH, cells={"rnn_cell_forward": MANY_OUTPUTS}),
]


def test_what_comes_out_is_read_as_if_an_enemy_had_written_it(attack, batch):
    """It costs the cell that runs, and earns nothing."""
    batch.check(attack)
