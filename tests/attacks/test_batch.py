"""What all attacks together leave behind: nothing."""

import pytest

from .attack import attacks

pytestmark = pytest.mark.slow
ATTACKS = []


def test_the_names_of_the_attacks_are_their_own():
    """Each is a student of one course."""
    names = [attack.name for attack in attacks()]
    assert len(names) == len(set(names))


def test_the_batch_comes_to_its_end(batch):
    """Nothing hangs, and nothing stops nbgrader."""
    assert batch.ended, batch.scene.log[-3000:]


def test_nothing_is_left_changed_or_told(batch):
    """No process, no file, no other grade; and the grader needed no more memory than it should."""
    assert batch.scene.common_harms() == []


def test_each_submission_has_a_row_in_the_gradebook(batch):
    """And the one that was not graded now keeps its earlier points."""
    assert batch.scores.keys() >= {attack.student for attack in attacks()}
    assert batch.scores["victim"] == 7
