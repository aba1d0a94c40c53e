"""mentoring/serve/worker: one post in, words of progress and one result out."""

import json
import subprocess
import sys

import pytest
from conftest import ROOT
from planted import catalogued, observed
from vectors import RAW, armed

from rnn_course.mentoring.serve.worker import event, result
from rnn_course.subject.published import SOURCE
from rnn_course.verbs.serve import SEARCH, judged

POST = "\n".join(
    f"{seen.place} = {seen.text}"
    for seen in observed("rnn_cell_backward", catalogued("rnn_cell_backward/tanh-twice"))
)


def told_of(text, judge=lambda notebook: []):
    """The result of a text, and the words on the way."""
    words = []
    return result(text.encode(), 20.0, words.append, judge), words


def notebook(*sources):
    """The JSON of a notebook with these cells."""
    return json.dumps({"cells": [{"cell_type": "code", "source": text} for text in sources]})


def test_a_search_prints_progress_and_then_the_result():
    """In a process of its own, one line of JSON each."""
    command = [sys.executable, "-m", SEARCH, "20"]
    done = subprocess.run(command, cwd=ROOT, input=POST, capture_output=True, text=True, check=True)
    *before, last = map(json.loads, done.stdout.splitlines())
    assert before
    assert all(list(one) == ["progress"] for one in before)
    assert last["result"]["verdict"] == "explained"
    assert done.stderr == ""


def test_a_result_has_the_diagnosis_and_the_replies():
    """The first explanation's hints in three replies, and what to ask for."""
    told, words = told_of(POST)
    assert told["html"].startswith("<article><header><h1>What was found")
    assert "<svg" in told["html"]
    assert [one["title"][:6] for one in told["replies"]] == ["Hint 1", "Hint 2", "Hint 3", "Ask fo"]
    assert "programs tried" in words[0]


@pytest.mark.parametrize("data", [b"Why is it so slow?", b"\x00\xff\x00", b"\xe9 a ="])
def test_what_cannot_be_read_is_a_result_too(data):
    """With the sentence that the command prints."""
    told = result(data, 5.0, lambda words: None, lambda text: [])
    assert told["verdict"] == "unreadable"
    assert "try again" in told["html"] or "paste what the test cell printed" in told["html"]
    (reply,) = told["replies"]
    assert "A line looks like this" in reply["text"]


@pytest.mark.parametrize("name", RAW)
def test_a_hostile_post_stays_text(name):
    """Nothing of it is an element, in the diagnosis or in the verdicts."""
    text = armed(name, RAW[name], 80)
    told, _ = told_of(f"{POST}\n{text}\nNameError: name '{text}' is not defined")
    assert text not in told["html"]
    told, _ = told_of(notebook("x = 1") + " ", lambda notebook: [(text, text, text)])
    assert text not in told["html"]


def test_each_function_of_a_notebook_is_judged():
    """As rnn-course grade does it, a wrong one not for the others' sake."""
    wrong = SOURCE["rnn_cell_backward"].replace("(1 - a_next**2)", "(1 - a_prev**2)")
    told, words = told_of(notebook(SOURCE["rnn_cell_forward"], wrong), judged)
    assert told["verdict"] == "explained"
    assert "judging each function of the notebook" in words
    row = '<tr class="{0}"><td><code>{1}</code></td><td class="sign">{2}</td>'
    assert row.format("right", "rnn_cell_forward", "right") in told["html"]
    assert row.format("wrong", "rnn_cell_backward", "wrong") in told["html"]
    assert row.format("", "rnn_backward", "absent") in told["html"]


def test_a_notebook_without_functions_has_no_verdicts():
    """Nor has a post, which is not judged at all."""
    assert judged(notebook("x = 1")) == []
    told, _ = told_of(POST, lambda text: pytest.fail("a post was judged"))
    assert "by itself" not in told["html"]


def test_an_event_is_one_line():
    """Whatever is in it."""
    line = event(progress="a\nb\u2028c")
    assert line.count(b"\n") == 1
    assert json.loads(line) == {"progress": "a\nb\u2028c"}
