"""mentoring/explain: every edit of the published form gets its words, and no hint its solution."""

import ast
import random
import re
from functools import cache
from itertools import combinations

import pytest
from source.notebooks import NOTEBOOKS

from rnn_course.mentoring.explain.explain import EQUATIONS, KINDS, found_mistakes
from rnn_course.subject.exercises import EXERCISES
from rnn_course.subject.mistakes import MISTAKES, apply
from rnn_course.subject.published import SOURCE
from rnn_published import PUBLISHED

CELL, LOOP = "lstm_cell_backward", "lstm_backward"
DFT = "(dc_next * c_prev + ot * (1 - np.tanh(c_next) ** 2) * c_prev * da_next) * ft * (1 - ft)"
PAIRS = 120


def changed(function, was, becomes):
    """The mistakes found where one text of the published form is replaced."""
    assert SOURCE[function].count(was) == 1
    return found_mistakes(function, SOURCE[function].replace(was, becomes))


@cache
def right_sides(function):
    """The right-hand sides of the right lines, without spaces; a name or an entry is none."""
    values = [getattr(node, "value", None) for node in ast.walk(ast.parse(SOURCE[function]))]
    values = [value for value in values if isinstance(value, (ast.BinOp, ast.Call, ast.Tuple))]
    return {ast.unparse(value).replace(" ", "") for value in values}


def gives_code_away(hint, function):
    """Whether a hint holds the right-hand side of a right line, or np."""
    squeezed = hint.replace(" ", "")
    return "np." in hint or any(side in squeezed for side in right_sides(function))


def pairs():
    """Pairs of rows of one function that can be applied together, drawn by a fixed seed."""
    rows = MISTAKES.values()
    both = [pair for pair in combinations(rows, 2) if pair[0].function == pair[1].function]
    for one, other in random.Random(1).sample(both, PAIRS):
        try:
            yield one, other, apply(one, other)[one.function]
        except ValueError:
            continue


@pytest.mark.parametrize("label", MISTAKES)
def test_a_row_of_the_catalogue_is_known_again(label):
    """It alone is found, however its lines are set, with its own words and a whole ladder."""
    row = MISTAKES[label]
    source = apply(row)[row.function]
    (found,) = found_mistakes(row.function, source)
    assert (found.label, found.why, found.hints[1]) == (label, row.why, row.hint)
    assert [found] == found_mistakes(row.function, ast.unparse(ast.parse(source)))
    assert found.was != found.becomes
    assert 1 < found.line <= len(SOURCE[row.function].splitlines())
    assert row.function in found.hints[0]
    assert all(hint.endswith((".", "?")) for hint in found.hints)
    assert not any(gives_code_away(hint, row.function) for hint in found.hints)


def test_two_rows_of_one_function_are_told_apart():
    """Both are found, even in one statement."""
    tried = 0
    for one, other, source in pairs():
        labels = {found.label for found in found_mistakes(one.function, source)}
        assert labels == {one.label, other.label}
        tried += 1
    assert tried > PAIRS / 2


@pytest.mark.parametrize("function", EXERCISES)
def test_the_right_form_has_no_mistakes(function):
    """Nor has it when it is set in another way."""
    assert found_mistakes(function, SOURCE[function]) == []
    assert found_mistakes(function, ast.unparse(ast.parse(SOURCE[function]))) == []


def test_a_line_that_is_counted_from_the_def():
    """Line 1 is the def, and the statement's own text is quoted."""
    (found,) = changed(CELL, DFT, DFT.replace("c_prev", "cct"))
    assert SOURCE[CELL].splitlines()[found.line - 1].strip().startswith("dft =")
    assert found.was.startswith("dft =")
    assert "cct" in found.becomes
    assert found.equation == "(27)"


@pytest.mark.parametrize("function", EXERCISES)
def test_every_statement_has_words_when_it_is_gone_twice_or_nonsense(function):
    """Whatever is done to a line, there is a reason and a ladder, and no hint is code."""
    tree = ast.parse(SOURCE[function])
    bodies = [node.body for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.For))]
    for body in bodies:
        for place, statement in enumerate(list(body)):
            nonsense = ast.parse("nonsense = max(*nothing, key=[y for y in z])").body
            for instead in ([], [statement, statement], nonsense):
                body[place : place + 1] = instead or [ast.Pass()]
                source = ast.unparse(tree)
                body[place : place + len(instead or [0])] = [statement]
                for found in found_mistakes(function, source):
                    assert found.why
                    assert all(found.hints)
                    assert not any(gives_code_away(hint, function) for hint in found.hints)


def test_the_third_hint_says_the_fact():
    """Names, no code."""
    (found,) = changed(CELL, DFT, DFT.replace("np.tanh(c_next)", "np.tanh(dc_next)"))
    assert found.hints[2] == "The line of `dft` uses `dc_next` where `c_next` belongs."
    (found,) = changed(LOOP, "        dc_prevt = gradients[", "        dc_next = gradients[")
    assert found.hints[2] == "The value belongs to `dc_prevt`, but is stored as `dc_next`."


def test_a_state_that_begins_as_ones():
    """The two beginnings are named, not what they are made of."""
    (found,) = changed("lstm_forward", "c_next = np.zeros((n_a, m))", "c_next = np.ones((n_a, m))")
    assert found.hints[2] == "`c_next` begins as ones, not as zeros."


def test_names_are_no_words():
    """A name that reads as English stands in backquotes."""
    (found,) = changed(
        "lstm_cell_forward", "c_next = ft * c_prev + it *", "c_next = ft * c_prev + ft *"
    )
    assert found.hints[2] == "The line of `c_next` uses `ft` where `it` belongs."
    assert found.hints[0].startswith("Look at the line of `c_next` in lstm_cell_forward")


def test_a_line_that_is_missing_or_added_has_an_empty_side():
    """was is empty where a line was added, becomes where one is missing."""
    (found,) = changed(LOOP, '        dbf += gradients["dbf"]\n', "")
    assert (found.was, found.becomes) == ("dbf += gradients['dbf']", "")
    (found,) = changed(LOOP, "    da0 = da_prevt\n", "    da0 = da_prevt\n    dbf = dbf / T_x\n")
    assert (found.was, found.becomes) == ("", "dbf = dbf / T_x")


def test_the_hints_know_a_code_giveaway():
    """The search for code in hints is not blind."""
    assert gives_code_away(f"Write {DFT}.", CELL)
    assert gives_code_away("Write np.tanh.", CELL)
    assert not gives_code_away("The line of dft uses dc_next where c_next belongs.", CELL)


def test_every_equation_stands_in_the_notebook():
    """Each number of a table is a tag there; each variable is bound in the published form."""
    tags = {}
    for assignment, notebook in NOTEBOOKS.items():
        text = "".join(cell.source for cell in notebook.cells)
        tags[assignment] = {"", *re.findall(r"\\tag\{(\d+)\}", text)}
    for function, variables in EQUATIONS.items():
        for variable, (number, words) in variables.items():
            assert number.strip("()") in tags[PUBLISHED[function].assignment]
            assert words
            assert re.search(rf"\b{variable}\b", SOURCE[function]), (function, variable)
    assert EQUATIONS.keys() >= EXERCISES.keys()


def test_every_kind_has_its_sentences():
    """A reason, what to compare and a fact; no sentence holds code."""
    for kind, words in KINDS.items():
        assert words["why"].endswith("."), kind
        assert words["compare"].endswith((".", "?")), kind
        assert words["fact"].endswith(".") or kind == "several"
        assert "np." not in str(words)
