"""mentoring: a diagnosis as JSON, as docs/mentor.md promises it."""

import json

from examples import gates, view

from rnn_course.mentoring.diagnosis import Diagnosis, Found


def test_json_has_the_promised_keys_and_nothing_that_json_lacks():
    """Written and read again it is the same."""
    for diagnosis in (gates(), view()):
        told = diagnosis.to_dict()
        assert json.loads(json.dumps(told)) == told
        assert told["verdict"] == "explained"
        (explanation,) = told["explanations"]
        assert explanation["reproduced"] <= explanation["of"]
        assert {"was", "is", "why", "hints", "line"} <= explanation["mistakes"][0].keys()


def test_more_notes_come_behind_those_there_are():
    """And change nothing else."""
    one = Diagnosis("rnn_forward", "NEW", Found.RIGHT, notes=("First.",))
    assert one.with_notes(("Second.",)).notes == ("First.", "Second.")
    assert one.notes == ("First.",)
