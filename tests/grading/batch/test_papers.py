"""grading/batch/papers: what travels is plain data."""

import pickle

from rnn_course.grading.batch.papers import Graded, NotebookSnapshot, Paper, Setup, Submission

NOTEBOOK = NotebookSnapshot("n", None, (), (), (), ())


def test_what_travels_comes_back_as_it_went():
    """Between any two processes."""
    for one in (
        Setup("rnn", {"n": NOTEBOOK}, ("a.B",), (), {"B": {"c": 1}}, {"f": b"1"}, "0"),
        Submission("ann", "k", {"n": (b"{}", ["wrong"])}, {}, []),
        Graded("ann", {"n": Paper("{}", {"g": 1.0}, {"s": None}, [])}, [("INFO", "x")]),
    ):
        assert pickle.loads(pickle.dumps(one)) == one


def test_two_graded_ones_share_nothing():
    """What one hears is not said of the other."""
    one, other = Graded("ann"), Graded("bob")
    one.said.append(("INFO", "of ann"))
    one.papers["n"] = Paper("", {}, {}, [])
    assert (other.said, other.papers) == ([], {})
