"""subject/mistakes: the rows of the second assignment's catalogue that a forum thread showed."""

import functools
from itertools import combinations

import numpy as np
import pytest

from rnn_course.grading.checks import judge
from rnn_course.sandbox.answer import answer, question
from rnn_course.subject import published
from rnn_course.subject.cases import all_cases
from rnn_course.subject.exercises import EXERCISES, of
from rnn_course.subject.mistakes import MISTAKES, apply

FORUM = EXERCISES["forum_backward"]
SEEN = [mistake for mistake in MISTAKES.values() if mistake.seed == "003"]
NAMES = [mistake.name for mistake in SEEN]
FOUR = [  # what the post does all at once, taken apart; the order is that of their edits
    *("earlier-steps-recounted", "own-step-left-out"),
    *("inner-for-outer-product", "cell-carry-added-to-itself"),
]
TOGETHER = [rows for count in (2, 3, 4) for rows in combinations(FOUR, count)]


@functools.cache
def cases():
    """All cases of forum_backward for a key."""
    return all_cases(FORUM, "k")


def row(name):
    """A mistake of forum_backward."""
    return MISTAKES[f"forum_backward/{name}"]


def verdict_on(*names):
    """The judge's verdict on forum_backward with these mistakes in it."""
    functions = published.build(apply(*map(row, names)))
    asked = question(FORUM.name, [case.arguments for case in cases()], FORUM.standins)
    return judge(FORUM, cases(), answer(functions, asked))


def wrong_gradients(*names):
    """The gradients that these mistakes make wrong, each in its public case."""
    case, *_ = cases()
    mine = published.build(apply(*map(row, names)))[FORUM.name](*case.arguments)
    return {key for key, right in case.expected().items() if not np.allclose(mine[key], right)}


def test_every_mistake_of_thread_003_is_one_of_forum_backward():
    """The four that the post makes, and others that its lines invite."""
    assert {mistake.function for mistake in SEEN} == {"forum_backward"}
    assert {*FOUR, "as-in-the-post"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_each_mistake_of_thread_003_alone_costs_what_its_row_says(name):
    """The judge takes no more and no less, and the numbers are named as this row's."""
    verdict = verdict_on(name)
    assert verdict.max_points - verdict.points == row(name).lost > 0
    assert verdict.mistake == row(name).label


@pytest.mark.parametrize("names", TOGETHER, ids=" and ".join)
def test_the_mistakes_of_thread_003_are_wrong_together(names):
    """Two, three or four at once do not cancel: whatever one makes wrong stays wrong."""
    alone = set.union(*(wrong_gradients(name) for name in names))
    assert alone <= wrong_gradients(*names)
    verdict = verdict_on(*names)
    assert verdict.max_points - verdict.points >= max(row(name).lost for name in names)


def test_the_four_mistakes_of_thread_003_leave_no_gradient_right():
    """So there is no point left, either; the post's own program keeps that of dV."""
    assert wrong_gradients(*FOUR) == set(FORUM.outputs)
    assert verdict_on(*FOUR).points == 0
    assert wrong_gradients("as-in-the-post") == set(FORUM.outputs) - {"dV"}


def test_thread_003_is_of_the_second_assignment_alone():
    """The other threads are of the first."""
    second = {m.seed for m in MISTAKES.values() if m.function in of("lstm-language-network")}
    assert second == {"", "003"}
    assert {m.assignment for m in SEEN} == {"lstm-language-network"}
