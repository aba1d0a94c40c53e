"""grading/batch/page: the class's picture needs nothing else, and does nothing."""

import re
from html.parser import HTMLParser

from batch.test_summary import summary, verdict

from rnn_course.grading.batch.conduct import Result
from rnn_course.grading.batch.page import page
from rnn_course.grading.batch.summary import Summary


class Tags(HTMLParser):
    """Collects the tags and the text of a page."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.text = [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Keep tags."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        """Keep text."""
        self.text += data


def test_it_shows_counts_mistakes_points_and_the_slowest():
    """What the terminal shows, and two plots."""
    told = Tags(page(summary()))
    for words in ("3 graded, 1 kept, 1 failed", "rnn_cell_forward", "2.75", "dan", "9.50", "eve"):
        assert words in told.text
    assert "The gates of the LSTM use the sigmoid, this cell does not." in told.text
    assert [tag for tag, _ in told.tags].count("svg") == 2


def test_it_is_self_contained():
    """No script, nothing that is fetched."""
    text = page(summary())
    tags = Tags(text).tags
    assert not {tag for tag, _ in tags} & {"script", "link", "img", "iframe", "object"}
    for _, attributes in tags:
        assert not any(name.startswith("on") for name in attributes)
    assert not re.findall(r"(?:src|href)=[\"'](?!#)", text)
    assert "default-src 'none'" in text


def test_what_comes_from_outside_is_escaped():
    """Names of students and functions, words of a step that failed."""
    told = Summary("<rnn>")
    told.add(Result("<b>ann</b>", "graded", [verdict("<f>", 1.0)], [], {"RunCells": 1.0}))
    told.add(Result("<i>eve</i>", "failed", failure="<script>alert(1)</script>"))
    text = page(told)
    for tag in ("<rnn>", "<b>", "<f>", "<i>", "<script>"):
        assert tag not in text


def test_of_nothing_there_is_a_page_too():
    """No plot of nothing."""
    text = page(Summary("rnn"))
    assert "0 submissions: none." in text
    assert "<svg" not in text


def test_the_same_class_gives_the_same_page():
    """No dates, no drawn ids."""
    assert page(summary()) == page(summary())


def test_all_right_is_in_the_last_bin_and_none_in_a_bin_of_its_own():
    """100 of 100 points are no 100 to 105, and a class without points has a plot."""
    for points in (100.0, 0.0):
        told = Summary("rnn")
        told.add(Result("ann", "graded", [verdict("f", points, most=100.0)]))
        assert ">105<" not in page(told)
