"""mentoring/slips: how a statement differs from the right one."""

import ast

import pytest

from rnn_course.mentoring.trace.slips import statement_slips


@pytest.mark.parametrize(
    ("student", "right", "found"),
    [
        (
            "dWax += dWax",
            "dWax += gradients['dWax']",
            ["dWax stands where gradients['dWax'] belongs"],
        ),
        ("dWf = dWf + g['dWf']", "dWf += g['dWf']", []),
        ("dWf = g['dWf']", "dWf += g['dWf']", ["= stands where += belongs"]),
        ("dc += dc * f", "dc = dc * f", ["+= stands where = belongs"]),
        ("dit = None", "dit = a * b", ["None takes the place of what was computed"]),
        ("(cache, x) = caches", "(caches, x) = caches", ["cache stands where caches belongs"]),
        ("(a, b) = cache", "(a, b, c) = cache", ["2 names stand where 3 belong"]),
        (
            "for t in range(T): pass",
            "for t in reversed(range(T)): pass",
            ["reversed of range(T) is missing"],
        ),
        ("return a, c", "return a, b", ["c stands where b belongs"]),
        (
            "dx[:, t, :] = dxt",
            "dx[:, :, t] = dxt",
            ["dx[:, t, :] stands where dx[:, :, t] belongs"],
        ),
        ("dxt, dbt = g['dxt'], g['db']", "dbt = g['dbt']", ["['db'] stands where ['dbt'] belongs"]),
    ],
)
def test_slips_of_statements(student, right, found):
    """What is assigned to, how, and what."""
    one, other = (ast.parse(text).body[0] for text in (student, right))
    assert statement_slips(one, other, "dbt") == found
