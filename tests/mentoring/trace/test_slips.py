"""mentoring/slips: how a statement differs from the right one."""

import ast
import re

import pytest

from rnn_course.mentoring.trace.slips import statement_slips
from rnn_course.subject.mistakes import MISTAKES, apply
from rnn_course.subject.published import SOURCE


@pytest.mark.parametrize(
    ("student", "right", "found"),
    [
        (
            "dWax += dWax",
            "dWax += gradients['dWax']",
            ["`dWax` stands where `gradients['dWax']` belongs"],
        ),
        ("dWf = dWf + g['dWf']", "dWf += g['dWf']", []),
        ("dWf = g['dWf']", "dWf += g['dWf']", ["`=` stands where `+=` belongs"]),
        ("dc += dc * f", "dc = dc * f", ["`+=` stands where `=` belongs"]),
        ("dit = None", "dit = a * b", ["None takes the place of what was computed"]),
        ("(cache, x) = caches", "(caches, x) = caches", ["`cache` stands where `caches` belongs"]),
        ("(a, b) = cache", "(a, b, c) = cache", ["2 names stand where 3 belong"]),
        (
            "for t in range(T): pass",
            "for t in reversed(range(T)): pass",
            ["`reversed` of an expression of `range` and `T` is missing"],
        ),
        ("return a, c", "return a, b", ["`c` stands where `b` belongs"]),
        (
            "dx[:, t, :] = dxt",
            "dx[:, :, t] = dxt",
            ["`dx[:, t, :]` stands where `dx[:, :, t]` belongs"],
        ),
        (
            "dxt, dbt = g['dxt'], g['db']",
            "dbt = g['dbt']",
            ["`['db']` stands where `['dbt']` belongs"],
        ),
    ],
)
def test_slips_of_statements(student, right, found):
    """What is assigned to, how, and what."""
    one, other = (ast.parse(text).body[0] for text in (student, right))
    assert statement_slips(one, other, "dbt") == found


def statements_of(source):
    """All statements of a source, with those in its loop."""
    body = ast.parse(source).body[0].body
    return [inner for outer in body for inner in (outer, *getattr(outer, "body", ()))]


@pytest.mark.parametrize("label", MISTAKES)
def test_no_slip_is_solution_code(label):
    """Of no row of the catalogue, in whatever lines stand beside each other."""
    mistake = MISTAKES[label]
    mine, its = (statements_of(s[mistake.function]) for s in (apply(mistake), SOURCE))
    for student, right in zip(mine, its, strict=False):
        for slip in statement_slips(student, right):
            assert not re.search(r"np\.\w+\(", slip), slip
            due = slip.rpartition(" where ")[2]
            assert not re.search(r"`[^`]*[\w)\]] *[-+*/@|]+ *[\w(][^`]*`", due), slip
