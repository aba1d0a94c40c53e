"""The second notebook, with its solutions, run: what it learns, and in which time."""

import re

import numpy as np
import pytest
from source.notebooks import NOTEBOOKS, drawn, executed, numbers, said

ASSIGNMENT = "lstm-language-network"
CELLS = {cell.id: cell for cell in NOTEBOOKS[ASSIGNMENT].cells}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """The executed notebook, and its seconds."""
    return executed(ASSIGNMENT, tmp_path_factory.mktemp("executed"))


def test_it_states_which_names_the_post_has_for_ours():
    """W on the hidden state, U on the tokens, V for the output: in words and in code."""
    told = CELLS["text-forum_backward-1"].source
    assert re.search(r"Wi.*Wi\[:, :n_a\]", told)
    assert re.search(r"Ui.*Wi\[:, n_a:\]", told)
    assert re.search(r"`V`.*`Wy`", told)
    assert "language_forward" in CELLS["given-forum_forward"].source


@pytest.mark.parametrize("cell", ["given-posted_backward", "given-one_step_back"])
def test_what_is_given_holds_no_line_of_a_gates_gradient(cell):
    """The broken code goes through the student's own cell, so it cannot be copied from."""
    assert not re.search(r"\(1 - |\*\* ?2|tanh", CELLS[cell].source)


def test_given_functions_come_back_when_a_student_edits_them():
    """What the exercises are built upon is locked."""
    given = [cell for name, cell in CELLS.items() if name.startswith("given-")]
    assert len(given) >= 8
    assert all(cell.metadata.nbgrader.locked for cell in given)


@pytest.mark.slow
def test_it_runs_from_top_to_bottom_in_three_minutes(run):
    """Offline, with the solutions in; no cell writes on stderr."""
    notebook, seconds = run
    assert seconds < 180
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output.get("name") == "stderr"]


@pytest.mark.slow
def test_the_baselines_are_those_of_number_words(run):
    """21 characters; ln 21, the entropy of single characters and of pairs."""
    assert "21 different ones" in said(run[0], "given-corpus")
    assert numbers(said(run[0], "predict-baselines"))[:3] == [3.04, 2.74, 1.18]


@pytest.mark.slow
def test_the_post_is_wrong_in_all_but_one_gradient_and_the_repair_in_none(run):
    """Only dV is right, and for one step nothing but it exists."""
    rows = [line.split() for line in said(run[0], "predict-posted").splitlines()[1:10]]
    errors = {name: [float(error) for error in rest] for name, *rest in rows}
    assert len(errors) == 9
    assert max(errors.pop("dV")) < 1e-9
    assert min(min(row) for row in errors.values()) > 0.1
    assert "FAIL" not in said(run[0], "gradcheck-forum_backward")


@pytest.mark.slow
def test_it_learns_to_write_numbers(run):
    """Below the bigram's loss, near the floor; at a low temperature all is spelled right."""
    losses = numbers(re.sub(r": .*", "", said(run[0], "train")))
    assert losses[0] == pytest.approx(np.log(21), abs=0.05)
    last = float(re.search(r"step 599, loss (\S+):", said(run[0], "train"))[1])
    assert 0.2 < last < 0.5
    shares = re.findall(r"temperature (\S+): +(\d+)%", said(run[0], "plot-temperatures"))
    by_temperature = {float(temperature): int(share) for temperature, share in shares}
    assert by_temperature[0.2] > 90
    assert by_temperature[1.5] < by_temperature[0.2]


@pytest.mark.slow
def test_the_lstm_remembers_over_a_gap_that_the_rnn_does_not(run):
    """With a forget gate that begins open, over 40 steps; with one half open not."""
    line = re.compile(r"(\w+, \w+ =? ?[\d.]+) +right.* (\d+)% at 40")
    right = {name: int(share) for name, share in line.findall(said(run[0], "plot-gap"))}
    assert len(right) == 4
    assert right["LSTM, bf = 5"] > 80
    assert right["LSTM, bf = 1"] < 50
    assert right["RNN, scale 0.5"] < 50


@pytest.mark.slow
def test_pictures_are_drawn_from_the_students_code(run):
    """The loss's gradient, both judges, the time of the post, the training, the gates, the gap."""
    pictures = {"plot-loss_gradient", "plot-judges", "plot-passes", "train", "plot-gates"}
    words = drawn(run[0])
    assert pictures | {"plot-gap"} <= words.keys()
    assert all(said_of and said_of in said(run[0], name) for name, said_of in words.items())
