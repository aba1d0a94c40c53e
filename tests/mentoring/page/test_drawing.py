"""mentoring/drawing: every node has its state, told by more than its colour."""

import re
from xml.etree import ElementTree

import pytest

from rnn_course.mentoring.page.drawing import COLUMNS, GATES, MEANINGS, drawing, seen
from rnn_course.mentoring.page.graph import nodes
from rnn_course.subject.exercises import EXERCISES

CELL = "lstm_cell_backward"
STATES = {(CELL, "dot"): "first", (CELL, "dWo"): "wrong", (CELL, "dc_prev"): "right"}


def groups(function, states, kind="wide"):
    """{variable: its group of shapes} in one of the two drawings."""
    root = ElementTree.fromstring(f"<div>{drawing(function, states)}</div>")
    found = root.findall(f"svg[@class='{kind}']/g")
    return {group.findtext("title").split(" ")[0].rstrip(":"): group for group in found}


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("function", EXERCISES)
def test_every_node_is_drawn_with_a_state(function, kind):
    """Once in each drawing; without a word about it, it is not seen."""
    drawn = groups(function, {}, kind)
    assert set(drawn) == {node.variable for node in nodes(function)}
    assert {group.get("class") for group in drawn.values()} == {"node unseen"}


def test_a_state_shows_in_words_sign_and_shape():
    """Never by colour alone."""
    drawn = groups(CELL, STATES)
    for (_, name), state in STATES.items():
        assert drawn[name].get("class") == f"node {state}"
        assert drawn[name].findtext("title").endswith(f": {MEANINGS[state]}")
    assert len(drawn["dot"].findall("rect")) == 2  # a second frame
    assert "first wrong" in [text.text for text in drawn["dot"].findall("text")]
    looks = set()
    for name in ("dot", "dWo", "dc_prev", "xt"):
        sign = drawn[name].findall("text")[-1].text.split()[-1]
        looks.add((sign, drawn[name].find("rect").get("rx"), len(drawn[name].findall("rect"))))
    assert len(looks) == 4


def test_a_wrong_value_is_drawn_although_it_is_left_out_elsewhere():
    """The order of a cache may be the mistake."""
    assert "cache" not in groups("lstm_cell_forward", {})
    assert "cache" in groups("lstm_cell_forward", {("lstm_cell_forward", "cache"): "wrong"})


def test_edges_between_wrong_values_are_marked():
    """From dot to dWo, and nowhere else."""
    root = ElementTree.fromstring(f"<div>{drawing(CELL, STATES)}</div>")
    assert len(root.findall("svg[@class='wide']/path[@class='edge wrong']")) == 1
    assert len(root.findall("svg[@class='wide']/path[@class='edge']")) > 40


@pytest.mark.parametrize("kind", COLUMNS)
@pytest.mark.parametrize("function", EXERCISES)
def test_nodes_do_not_overlap_and_stand_inside(function, kind):
    """No two boxes share a point."""
    root = ElementTree.fromstring(f"<div>{drawing(function, {})}</div>")
    svg = root.find(f"svg[@class='{kind}']")
    _, _, width, height = map(float, svg.get("viewBox").split())
    boxes = [
        tuple(float(rect.get(key)) for key in ("x", "y", "width", "height"))
        for rect in svg.iter("rect")
    ]
    for x, y, w, h in boxes:
        assert 0 <= x <= x + w <= width
        assert 0 <= y <= y + h <= height
    for i, (x, y, w, h) in enumerate(boxes):
        for other_x, other_y, _, _ in boxes[:i]:
            assert abs(x - other_x) >= w or abs(y - other_y) >= h


def test_names_are_drawn_in_the_colour_of_their_gate():
    """The palette of the notebooks, and no name in two gates."""
    names = [name for _, names in GATES.values() for name in names.split()]
    assert len(names) == len(set(names))
    assert re.search(r"#D55E00", drawing("lstm_cell_forward", {}))


def test_whether_a_function_is_seen():
    """A state that says unseen does not count."""
    assert seen(CELL, STATES)
    assert not seen("lstm_cell_forward", STATES)
    assert not seen(CELL, {(CELL, "dot"): "unseen"})
