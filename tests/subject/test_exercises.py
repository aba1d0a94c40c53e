"""subject/exercises: points, outputs and what depends on what."""

import pytest

from rnn_course.subject.exercises import (
    ARGUMENTS,
    ASSIGNMENTS,
    EXERCISES,
    folder,
    of,
    part,
    reference,
    table,
)
from rnn_published import PUBLISHED, draw_names, shapes_of

ALL = pytest.mark.parametrize("exercise", EXERCISES.values(), ids=EXERCISES)
EACH = pytest.mark.parametrize("assignment", ASSIGNMENTS)
FIRST = of("rnn-step-by-step")
DEPENDS = {  # the second assignment: function -> (what it repeats, whose caches it reads)
    "token_cell_forward": ("", ""),
    "language_forward": ("token_cell_forward", ""),
    "cross_entropy": ("", ""),
    "token_cell_backward": ("", "token_cell_forward"),
    "language_backward": ("token_cell_backward", "language_forward"),
    "relative_errors": ("", ""),
    "central_difference": ("language_loss", ""),
    "complex_step": ("language_loss", ""),
    "forum_backward": ("token_cell_backward", "forum_forward"),
    "clip_gradients": ("", ""),
}


# --- assignments ---------------------------------------------------------------------------


def test_assignments_come_in_the_order_in_which_they_are_set():
    """That of the files of their tables."""
    assert ASSIGNMENTS[:2] == ["rnn-step-by-step", "lstm-language-network"]


@EACH
def test_the_exercises_are_worth_a_hundred_points(assignment):
    """The points of all outputs of all functions of an assignment add up to 100."""
    assert sum(exercise.max_points for exercise in of(assignment).values()) == 100


@EACH
def test_going_back_is_worth_a_good_part(assignment):
    """The backward functions are the harder ones: half of the first assignment, and 47 of 100."""
    points = sum(e.max_points for e in of(assignment).values() if e.forward)
    assert points >= (50 if assignment == "rnn-step-by-step" else 47)


@EACH
def test_the_exercises_of_an_assignment_are_its_own(assignment):
    """Each is filed under its name and says whose it is."""
    for name, exercise in of(assignment).items():
        assert EXERCISES[name] is exercise
        assert name == exercise.name
        assert exercise.assignment == PUBLISHED[name].assignment == assignment


def test_each_exercise_belongs_to_one_assignment():
    """Together they are all exercises, in the order of the assignments."""
    assert [name for one in ASSIGNMENTS for name in of(one)] == list(EXERCISES)
    assert of("no such assignment") == {}


def test_the_exercises_are_the_published_ones():
    """Same names, but for the two that the second assignment's notebook gives."""
    assert set(PUBLISHED) - set(EXERCISES) == {"language_loss", "forum_forward"}
    assert set(EXERCISES) <= set(PUBLISHED)


@EACH
def test_the_folder_of_an_assignment_holds_its_parts(assignment):
    """Its tables, and its modules with a function for each exercise."""
    assert folder(assignment) == f"rnn_course.subject.{assignment.replace('-', '_')}"
    assert table(assignment, "exercises")["exercises"].keys() == of(assignment).keys()
    assert table(assignment, "mistakes")["mistake"]
    assert table(assignment, "no such table") == {}
    for name in of(assignment):
        for room in ("reference", "published"):
            assert getattr(part(assignment, room), name).__name__ == name


# --- exercises -----------------------------------------------------------------------------


@ALL
def test_points_are_given_for_exactly_the_outputs(exercise):
    """Besides the outputs only the unchanged arguments earn something."""
    assert sorted(exercise.points) == sorted([*exercise.outputs, ARGUMENTS])
    assert all(points > 0 for points in exercise.points.values())
    assert exercise.max_points == sum(exercise.points.values())


@ALL
def test_a_backward_function_is_the_only_one_with_a_forward_function_and_upstream(exercise):
    """Its forward function is in the table, and each upstream gradient is d… of an output of it."""
    backward = exercise.name.endswith("backward")
    assert bool(exercise.forward) is bool(exercise.upstream) is backward
    if backward:
        assert PUBLISHED[exercise.forward].assignment == exercise.assignment
        assert all(output.startswith("d") for output in exercise.outputs)
        assert exercise.drawn[-len(exercise.upstream) :] == exercise.upstream
        assert exercise.drawn[: -len(exercise.upstream)] == draw_names(exercise.forward)
        outputs = shapes_of(PUBLISHED[exercise.forward].outputs, {})
        assert {gradient[1:] for gradient in exercise.upstream} <= outputs.keys()


@pytest.mark.parametrize("exercise", FIRST.values(), ids=FIRST)
def test_a_backward_function_of_the_first_assignment_reads_caches_of_an_exercise(exercise):
    """Nothing is given there."""
    assert not exercise.forward or exercise.forward in FIRST


@pytest.mark.parametrize("exercise", FIRST.values(), ids=FIRST)
def test_a_sequence_function_is_the_only_one_with_a_cell(exercise):
    """In the first assignment its cell goes the same way and is an exercise itself."""
    assert bool(exercise.cell) is ("_cell_" not in exercise.name)
    if exercise.cell:
        assert exercise.cell == exercise.name.replace("_", "_cell_", 1)
        assert exercise.cell in FIRST


def test_the_functions_of_the_second_assignment_depend_on_each_other_as_its_text_says():
    """Two repeat the given loss, one reads the given forward function's cache."""
    second = of("lstm-language-network")
    assert {name: (e.cell, e.forward) for name, e in second.items()} == DEPENDS


@ALL
def test_what_an_exercise_repeats_is_in_the_table_and_has_a_stand_in(exercise):
    """Its text goes to where the student's code runs; without a cell there is none."""
    if exercise.cell:
        assert PUBLISHED[exercise.cell].assignment == exercise.assignment
        assert exercise.standins[exercise.cell].startswith(f"def {exercise.cell}(")
        assert exercise.standin.__name__ == exercise.cell
    assert list(exercise.standins) == [exercise.cell] * bool(exercise.cell)


@ALL
def test_the_gradients_of_an_exercise_are_outputs_of_an_input(exercise):
    """All outputs of a backward function are, and dlogits; dc0 is the gradient of c0."""
    if exercise.forward:
        assert exercise.gradients == exercise.outputs
    else:
        assert exercise.gradients == ["dlogits"] * (exercise.name == "cross_entropy")


@ALL
def test_named_files_what_a_function_returns_under_its_outputs(exercise):
    """One output alone, several in a tuple or a list, a dictionary as it is; nothing else."""
    values = [object() for _ in exercise.outputs]
    named = dict(zip(exercise.outputs, values, strict=True))
    if all(output.startswith("d") for output in exercise.outputs):
        assert exercise.named(named) is named
        assert exercise.named(tuple(values)) == {}
    elif len(values) == 1:
        assert exercise.named(values[0]) == named
    else:
        assert exercise.named(tuple(values)) == exercise.named(values) == named
        assert exercise.named(values[:-1]) == exercise.named([*values, None]) == {}
        assert exercise.named(None) == exercise.named(named) == {}


@ALL
def test_the_reference_of_an_exercise_has_its_name(exercise):
    """Every exercise has a right function, in its assignment's folder."""
    assert exercise.reference is reference(exercise.name)
    assert exercise.reference is getattr(part(exercise.assignment, "reference"), exercise.name)
    assert exercise.reference.__name__ == exercise.name
