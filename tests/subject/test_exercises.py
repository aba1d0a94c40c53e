"""subject/exercises: points, outputs and what depends on what."""

import pytest

from rnn_course.subject.exercises import ARGUMENTS, EXERCISES
from rnn_course.subject.rnn_step_by_step import reference
from rnn_published import PUBLISHED

ALL = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)


def test_the_exercises_are_worth_a_hundred_points():
    """The points of all outputs of all functions add up to 100."""
    assert sum(exercise.max_points for exercise in EXERCISES.values()) == 100


def test_going_back_is_worth_at_least_half():
    """The backward functions are the harder ones."""
    assert sum(e.max_points for e in EXERCISES.values() if e.forward) >= 50


def test_the_exercises_are_the_published_ones():
    """Same names, and each is filed under its own."""
    assert set(EXERCISES) == set(PUBLISHED)
    assert all(name == exercise.name for name, exercise in EXERCISES.items())


@ALL
def test_points_are_given_for_exactly_the_outputs(exercise):
    """Besides the outputs only the unchanged arguments earn something."""
    assert sorted(exercise.points) == sorted([*exercise.outputs, ARGUMENTS])
    assert all(points > 0 for points in exercise.points.values())
    assert exercise.max_points == sum(exercise.points.values())


@ALL
def test_a_backward_function_is_the_only_one_with_a_forward_function_and_upstream(exercise):
    """Its forward function is an exercise, and each upstream gradient is named d…"""
    backward = exercise.name.endswith("backward")
    assert bool(exercise.forward) is bool(exercise.upstream) is backward
    if backward:
        assert exercise.forward in EXERCISES
        assert all(output.startswith("d") for output in exercise.outputs)
        assert exercise.drawn[-len(exercise.upstream) :] == exercise.upstream


@ALL
def test_a_sequence_function_is_the_only_one_with_a_cell(exercise):
    """Its cell goes the same way and is an exercise itself."""
    assert bool(exercise.cell) is ("_cell_" not in exercise.name)
    if exercise.cell:
        assert exercise.cell == exercise.name.replace("_", "_cell_", 1)
        assert exercise.cell in EXERCISES


@ALL
def test_the_reference_of_an_exercise_has_its_name(exercise):
    """Every exercise has a right function."""
    assert exercise.reference is getattr(reference, exercise.name)
    assert exercise.reference.__name__ == exercise.name
