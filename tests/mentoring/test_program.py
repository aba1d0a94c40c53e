"""mentoring/program: the published form as trees, and what changes one of them."""

import ast

import pytest
from planted import catalogued, changed

from rnn_course.mentoring.program import (
    PLAIN,
    PUBLISHED_PROGRAM,
    Site,
    at,
    functions,
    names_bound,
    names_read,
    sources,
    statements,
    with_statements,
    with_value,
)
from rnn_course.mentoring.search.trees import parsed

LOOP = next(
    path for path, s in statements(PUBLISHED_PROGRAM["rnn_forward"]) if isinstance(s, ast.For)
)
LAST = Site("rnn_forward", (*LOOP, 3))


def statement(text):
    """The tree of a statement."""
    return ast.parse(text).body[0]


def test_each_statement_has_its_path():
    """A loop before what it repeats; no docstring."""
    for name, tree in PUBLISHED_PROGRAM.items():
        found = list(statements(tree))
        assert [path for path, _ in found] == sorted(path for path, _ in found)
        for path, one in found:
            assert at(PUBLISHED_PROGRAM, Site(name, path)) is one
            assert not isinstance(one, ast.Expr) or not isinstance(one.value, ast.Constant)


def test_there_is_nothing_where_there_is_no_statement():
    """Neither behind the last one nor in a statement that is no loop."""
    assert at(PUBLISHED_PROGRAM, Site("rnn_forward", (99,))) is None
    assert at(PUBLISHED_PROGRAM, Site("rnn_forward", (2, 0))) is None


def test_a_change_leaves_the_published_program_as_it_is():
    """Programs share all trees but the changed ones."""
    before = {name: ast.dump(tree) for name, tree in PUBLISHED_PROGRAM.items()}
    program = with_value(PUBLISHED_PROGRAM, Site("rnn_forward", (*LOOP, 1)), parsed("7"))
    program = with_statements(program, LAST, [statement("pass"), statement("t = 0")])
    assert before == {name: ast.dump(tree) for name, tree in PUBLISHED_PROGRAM.items()}
    text = sources(program)["rnn_forward"]
    assert (
        "a[:, :, t] = 7\n        y_pred[:, :, t] = yt_pred\n        pass\n        t = 0\n" in text
    )
    assert program["rnn_cell_forward"] is PUBLISHED_PROGRAM["rnn_cell_forward"]


def test_an_empty_loop_gets_a_pass():
    """So that it stays Python."""
    program = changed("rnn_forward")
    while not isinstance(at(program, Site("rnn_forward", (*LOOP, 0))), ast.Pass):
        program = with_statements(program, Site("rnn_forward", (*LOOP, 0)), [])
    assert "for t in range(T_x):\n        pass\n" in sources(program)["rnn_forward"]


def test_the_published_program_has_no_sources():
    """Only changed functions do."""
    assert sources(PUBLISHED_PROGRAM) == {}
    assert list(sources(catalogued("lstm_forward/view-of-c"))) == ["lstm_forward"]


def test_functions_see_each_other_and_what_they_are_given():
    """In one namespace, that of this program alone."""
    made = functions(PUBLISHED_PROGRAM, PLAIN)
    other = functions(PUBLISHED_PROGRAM, PLAIN)
    assert made["rnn_forward"].__globals__["rnn_cell_forward"] is made["rnn_cell_forward"]
    assert other["rnn_cell_forward"] is not made["rnn_cell_forward"]


@pytest.mark.parametrize(
    ("text", "bound", "read"),
    [
        ("a_next = np.tanh(b)", ["a_next"], {"np", "b"}),
        ("a, b = c", ["a", "b"], {"c"}),
        ("(a, (b, c)) = d", ["a", "b", "c"], {"d"}),
        ("a[:, :, t] = b", ["a"], {"a", "t", "b"}),
        ('gradients["dx"][t] = b', ["gradients"], {"gradients", "t", "b"}),
        ("dWf += b", ["dWf"], {"b"}),
        ("caches.append(cache)", ["caches"], {"caches", "cache"}),
        ("for t in range(T_x):\n    a = b", ["t"], {"range", "T_x", "b"}),
        ("return a", [], {"a"}),
        ("pass", [], set()),
    ],
)
def test_names(text, bound, read):
    """What a statement assigns to, also in part, and what it reads."""
    assert names_bound(statement(text)) == bound
    assert names_read(statement(text)) == read
