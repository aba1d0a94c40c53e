"""mentoring/graph: the computation as a graph, read off the published form."""

import pytest

from rnn_course.mentoring.page.graph import nodes, rows
from rnn_course.subject.exercises import EXERCISES, of


def reads(function):
    """{variable: what it is made of} of a graph."""
    return {node.variable: {*node.reads, *node.later} for node in nodes(function)}


def test_the_edges_are_what_a_line_reads():
    """Of the LSTM's backward cell: only the output gate's lines read dot."""
    graph = reads("lstm_cell_backward")
    assert graph["dot"] == {"da_next", "c_next", "ot"}
    assert {name for name in graph if "dot" in graph[name]} == {"dWo", "dbo", "da_prev", "dxt"}
    assert graph["da_next"] == set()


@pytest.mark.parametrize("function", of("rnn-step-by-step"))
def test_every_gradient_and_output_is_there_and_no_size(function):
    """What a post can report has its node; what only packs up has none."""
    shown = {node.variable for node in nodes(function)}
    outputs = {*EXERCISES[function].outputs} - {"cache", "caches", "yt"}
    assert outputs <= shown
    assert not shown & {"n_a", "m", "T_x", "parameters"}
    assert "caches" not in shown or not function.endswith("backward")


@pytest.mark.parametrize("function", EXERCISES)
def test_edges_lead_down_but_for_what_a_loop_carries(function):
    """A node stands below what it is made of; only loops have edges back."""
    graph = {node.variable: node for node in nodes(function)}
    for node in graph.values():
        assert all(graph[read].layer < node.layer for read in node.reads)
        assert set(node.later) <= set(graph)
    carried = any(node.later for node in graph.values())
    assert carried <= ("cell" not in function)


def test_what_a_loop_carries_stands_above_it():
    """da_prevt goes into the step and comes out of it."""
    graph = {node.variable: node for node in nodes("lstm_backward")}
    assert graph["da_prevt"].later == ("gradients",)
    assert "da_prevt" in graph["gradients"].reads
    assert graph["dWf"].reads == ("gradients",)


def test_a_wanted_variable_is_shown_in_any_case():
    """A size or a cache that is wrong is not hidden; what is in no line cannot be shown."""
    shown = {node.variable for node in nodes("lstm_cell_forward", ["cache", "nonsense"])}
    assert "cache" in shown
    assert "nonsense" not in shown


@pytest.mark.parametrize("columns", [1, 3, 7])
@pytest.mark.parametrize("function", EXERCISES)
def test_rows_hold_every_node_once_layer_by_layer(function, columns):
    """No row is longer than it may be."""
    graph = nodes(function)
    lines = rows(graph, columns)
    assert [node for line in lines for node in line] == graph
    assert max(map(len, lines)) <= columns
    assert all(len({node.layer for node in line}) == 1 for line in lines)
