"""The mentor's page in a real browser: it fits, folds and fetches nothing, in both themes."""

import pytest

from rnn_course.mentoring.diagnosis import Diagnosis, Explanation, Found, FoundMistake
from rnn_course.mentoring.explain.explain import found_mistakes
from rnn_course.mentoring.page.page import page
from rnn_course.subject.mistakes import MISTAKES, apply

CELL = "lstm_cell_backward"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def text() -> str:
    """A page with four mistakes, and one whose words cannot be broken at a space."""
    source = apply(*(row for row in MISTAKES.values() if row.seed == "000"))
    long = FoundMistake(CELL, 3, "x" * 300, "y" * 300, "z" * 300, ("a" * 300, "b", "c"))
    mistakes = (*found_mistakes(CELL, source[CELL]), long)
    explanation = Explanation(mistakes, 22, 22, source)
    states = {(CELL, "dot"): "first", (CELL, "dWo"): "wrong", (CELL, "dc_prev"): "right"}
    return page(Diagnosis(CELL, "NEW", Found.EXPLAINED, (), (explanation,), ("n" * 300,), states))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 800, 390, 320])
def test_the_page_fits_its_window(browser, text, width, theme):
    """Nothing sticks out sideways, one drawing shows, its letters are 10 pixels or more."""
    with browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme
    ) as context:
        shown, asked = context.new_page(), []
        shown.on("request", lambda request: asked.append(request.url))
        shown.set_content(text)
        assert shown.evaluate("document.documentElement.scrollWidth") <= width
        drawings = shown.locator("figure > svg:visible")
        assert drawings.count() == 1
        box = drawings.bounding_box()
        unscaled = float(drawings.get_attribute("width"))
        assert 13 * box["width"] / unscaled >= 10
        ground = shown.locator(".diagnosis").evaluate("e => getComputedStyle(e).backgroundColor")
        assert (ground == "rgb(255, 255, 255)") == (theme == "light")
        assert asked == []


def test_a_hint_is_seen_when_it_is_opened(browser, text):
    """One at a time, by mouse or keyboard."""
    with browser.new_context() as context:
        shown = context.new_page()
        shown.set_content(text)
        hint = shown.locator(".mistake").first.locator("details").nth(2)
        fact = hint.get_by_text("uses dc_next where c_next belongs")
        assert not fact.is_visible()
        hint.locator("summary").press("Enter")
        assert fact.is_visible()
        assert not shown.get_by_text("What did the output gate multiply").is_visible()
