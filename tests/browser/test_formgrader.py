"""Formgrader in a real JupyterLab: an instructor grades one hand-in, from the menu to the page."""

import pytest
from browser.conftest import choose, jupyter, keep, settled, wear, window
from conftest import ASSIGNMENT, COHORT, EXERCISES, copy_released
from nbgrader.api import Gradebook
from playwright.sync_api import expect

from rnn_course.grading.cohort import write_submissions
from rnn_course.grading.course import Course

MEMBER = COHORT["wrong-cell-right-loop"]
(WRONG,) = MEMBER.lost
# nbgrader's pages ask for MathJax there; without a network equations stay as they are written.
MATHJAX = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/"
GROUND = "getComputedStyle(document.body).backgroundColor"

pytestmark = pytest.mark.slow
expect.set_options(timeout=30_000)


@pytest.fixture
def own(course, tmp_path):
    """A course for this test alone, with one hand-in."""
    own = copy_released(course, tmp_path / "course")
    write_submissions(Course(own), ASSIGNMENT, [MEMBER])
    return own


def test_an_instructor_grades_a_hand_in(browser, own, tmp_path):
    """Autograde, see what the judge says, overrule it, and give the feedback out: all by mouse."""
    with (
        jupyter(own, *settled(tmp_path / "settings")) as server,
        window(browser, server, (MATHJAX, own.as_uri())) as page,
    ):
        formgrader = _opened(page, server)
        _press(page, formgrader, "autograde", "Successfully autograded")
        _overrule(page, formgrader)
        with Gradebook(f"sqlite:///{own}/gradebook.db") as gradebook:
            grade = gradebook.find_grade(WRONG, ASSIGNMENT, ASSIGNMENT, MEMBER.student)
            assert (grade.auto_score, grade.manual_score) == (MEMBER.points[WRONG], 5)
        formgrader.goto(f"{server}/formgrader/manage_submissions/{ASSIGNMENT}")
        _press(page, formgrader, "generate-feedback", "Successfully generated feedback")
        path = own / "feedback" / MEMBER.student / ASSIGNMENT / f"{ASSIGNMENT}.html"
        _read(page, path.as_uri())


def _opened(page, server):
    """Formgrader's frame in JupyterLab, with the list of the hand-ins."""
    page.goto(f"{server}/lab?reset")
    choose(page, "Nbgrader", "Formgrader")
    frame = page.locator("iframe[src*=formgrader]").element_handle().content_frame()
    frame.locator("tr", has_text=ASSIGNMENT).locator(".num-submissions a").click()
    return frame


def _press(page, formgrader, button, words):
    row = formgrader.locator("tr", has_text=MEMBER.student)
    row.locator(f".{button} a").click()
    dialog = formgrader.locator("#success-modal")
    expect(dialog).to_contain_text(words)
    keep(page, f"formgrader-{button}")
    dialog.get_by_text("OK", exact=True).click()
    expect(dialog).to_be_hidden()


def _overrule(page, formgrader):
    formgrader.locator("tr", has_text=MEMBER.student).locator(".student-name a").click()
    formgrader.locator("tbody").get_by_text(ASSIGNMENT, exact=True).click()
    score = formgrader.locator(f"input.score#{WRONG}")
    score.scroll_into_view_if_needed()
    expect(score).to_have_attribute("placeholder", f"{MEMBER.points[WRONG]:g}")
    _shows_the_verdicts(formgrader)
    with page.expect_response(lambda response: "/api/grade/" in response.url):
        score.fill("5")
        score.press("Tab")
    for theme in ("light", "dark"):
        wear(page, theme)
        keep(page, f"formgrader-grade-{theme}")


def _shows_the_verdicts(place):
    """Of each exercise a table in words; the wrong one says where it is wrong."""
    tables = place.locator("#notebook .output table")
    expect(tables).to_have_count(len(EXERCISES))
    assert tables.first.is_visible()
    head, verdict, *_ = tables.first.inner_text().splitlines()
    assert head.split("\t") == ["output", "verdict", "points", "why"]
    assert verdict.startswith("a_next\twrong\t0 / 4\t50 of the 50 entries of a_next are wrong")


def _read(page, address):
    page.goto(address, wait_until="domcontentloaded")
    _shows_the_verdicts(page)
    expect(page.locator("#toc")).to_contain_text("Score: 5.0 / 8.0")
    assert page.locator("img").count() > 10
    assert page.locator("img:not([alt]), img[alt='']").count() == 0
    page.locator(".output table").first.scroll_into_view_if_needed()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert page.evaluate(GROUND) == "rgb(255, 255, 255)"  # nbgrader's page has one look
        keep(page, f"formgrader-feedback-{theme}")
