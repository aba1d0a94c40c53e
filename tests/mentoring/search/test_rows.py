"""mentoring/rows: catalogued mistakes in programs."""

import ast
from contextlib import suppress
from itertools import combinations

import pytest

from rnn_course.mentoring.printed import MISTAKES
from rnn_course.mentoring.program import PUBLISHED_PROGRAM, parse, sources
from rnn_course.mentoring.search.rows import with_mistake
from rnn_course.subject.mistakes import apply


@pytest.mark.parametrize("label", MISTAKES)
def test_a_row_in_the_published_program_is_its_own_text(label):
    """The same program as its edits of the text make."""
    row = MISTAKES[label]
    program = with_mistake(PUBLISHED_PROGRAM, row)
    wanted = {name: ast.unparse(parse(text)) for name, text in apply(row).items()}
    assert sources(program) == wanted


def test_two_rows_are_both_in_it_or_refused():
    """Rows in statements of their own go together; one statement takes one row."""
    together = refused = 0
    for one, other in combinations(MISTAKES.values(), 2):
        if one.function != other.function:
            continue
        program = with_mistake(with_mistake(PUBLISHED_PROGRAM, one), other)
        if program is None:
            refused += 1
            continue
        with suppress(ValueError):  # what one puts in stands where the other looks
            (text,) = apply(one, other).values()
            assert sources(program)[one.function] == ast.unparse(parse(text))
            together += 1
    assert together > 100
    assert refused > 10


def test_a_row_twice_is_refused():
    """Its statement is not the published one any more."""
    row = MISTAKES["lstm_forward/view-of-c"]
    assert with_mistake(with_mistake(PUBLISHED_PROGRAM, row), row) is None
