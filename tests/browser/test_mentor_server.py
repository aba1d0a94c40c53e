"""The mentor's page as it is served: by keyboard alone, in both themes, on a phone."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import pytest
from browser.conftest import keep
from playwright.sync_api import expect
from served import served
from vectors import RAW, armed

from rnn_course.subject.published import SOURCE

pytestmark = pytest.mark.slow
POST = """Two of my weights come out right and this one does not – “why”?

gradients["dWf"][3][1] = -0.38329077807476625
gradients["dWi"][1][2] = 1.05749805522599
gradients["dbf"][4] = [0.43677164]
"""
LONG = 'gradients["dba"][4] = [0.12345678]\ngradients["dWax"][3][1] = 0.31234567\n'
HINT = "Look at the line of `dft` in lstm_cell_backward"
# The contrast of each visible text with what it stands on; drawings have tests of their own.
CONTRASTS = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => parts(colour).slice(0, 3)
    .map((x) => x / 255)
    .map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4))
    .reduce((sum, x, i) => sum + x * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (e) => {
    const colour = getComputedStyle(e).backgroundColor;
    return (parts(colour)[3] ?? 1) > 0 ? colour : ground(e.parentElement);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let text = texts.nextNode(); text; text = texts.nextNode()) {
    const e = text.parentElement;
    if (!text.data.trim() || e.closest("svg") || !e.checkVisibility()) continue;
    const [a, b] = [getComputedStyle(e).color, ground(e)].map(light).sort((x, y) => x - y);
    found.push([(b + 0.05) / (a + 0.05), text.data]);
  }
  return found;
}"""
CONTROLS = "button, input, textarea, summary, a, [role=status], [role=alert]"
UNNAMED = """(controls) => controls
  .filter((e) => !e.role || !["status", "alert"].includes(e.role))
  .filter((e) => !(e.ariaLabel || e.labels?.[0]?.textContent.trim() || e.textContent.trim()))
  .map((e) => e.outerHTML)"""

OUTLINE = """() => {
  const e = document.activeElement;
  return getComputedStyle(e.type === "file" ? e.nextElementSibling : e).outlineStyle;
}"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Of a server for all tests here."""
    with served("--seconds", "30") as address:
        yield address


@contextmanager
def opened(browser, url, path="/", width=1200, **options) -> Iterator:
    """A page of the server; in the end it has asked no one else, and nothing was complained of."""
    viewport = {"width": width, "height": 900}
    with browser.new_context(viewport=viewport, **options) as context:
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=url)
        asked, said = [], []
        context.on("request", lambda request: asked.append(request.url))
        context.on("console", lambda message: said.append(message.text))
        context.on("weberror", lambda error: said.append(str(error.error)))
        context.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page = context.new_page()
        page.goto(url + path)
        yield page
        assert asked
        assert [address for address in asked if not address.startswith(url)] == []
        assert said == []
        assert context.cookies() == []


def diagnosed(page, text: str) -> None:
    """Have a text diagnosed and wait."""
    page.fill("#post", text)
    page.click("#diagnose")
    page.wait_for_selector("article")


def told(page) -> str:
    """The whole result as text, but for seconds."""
    return re.sub(r"[\d.]+ s\b", "… s", page.locator("#result").inner_text())


def dropped(page, name: str, text: str) -> None:
    """Drop a file onto the page."""
    make = """([name, text]) => {
      const files = new DataTransfer();
      files.items.add(new File([text], name));
      return files;
    }"""
    files = page.evaluate_handle(make, [name, text])
    page.dispatch_event("body", "drop", {"dataTransfer": files})


def notebook() -> str:
    """A notebook with a wrong function, and a picture."""
    wrong = SOURCE["rnn_cell_backward"].replace("(1 - a_next**2)", "(1 - a_prev**2)")
    picture = {"output_type": "display_data", "data": {"image/png": "A" * 99, "text/plain": "<F>"}}
    cells = [{"cell_type": "code", "source": SOURCE["rnn_cell_forward"], "outputs": [picture]}]
    cells += [{"cell_type": "code", "source": wrong.splitlines(True), "outputs": []}]
    return json.dumps({"cells": cells, "metadata": {"kernelspec": {"name": "python3"}}})


def test_a_mentor_needs_no_mouse(browser, url):
    """From the paste to the copied reply: the focus goes to the result, hints are folded."""
    with opened(browser, url) as page:
        page.evaluate("text => navigator.clipboard.writeText(text)", POST)
        page.keyboard.press("Tab")
        page.keyboard.press("Control+V")
        assert page.input_value("#post") == POST
        page.keyboard.press("Control+Enter")
        expect(page.locator("#words")).to_contain_text("tried")
        assert re.fullmatch(r"\d+ s", page.inner_text("#elapsed"))
        assert page.locator("#status").inner_text()
        keep(page, "mentor-progress")
        page.wait_for_selector("article")
        assert page.evaluate("document.activeElement.tagName") == "H1"
        assert page.locator("#status").inner_text() == "Found: explained."
        assert page.locator("#progress").is_hidden()
        assert not page.get_by_text(HINT).first.is_visible()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        reply = page.locator(".answers pre").first
        assert HINT in reply.inner_text()
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.ariaLabel") == (
            "Copy the reply: Hint 1: where to look"
        )
        page.keyboard.press("Enter")
        expect(page.locator("#status")).to_have_text("Copied.")
        assert page.evaluate("navigator.clipboard.readText()") == reply.text_content()
        assert "dft =" not in reply.text_content()


def test_every_stop_of_the_keyboard_is_seen(browser, url):
    """Each control shows the focus; each has a name."""
    with opened(browser, url) as page:
        diagnosed(page, POST)
        assert page.locator(CONTROLS).evaluate_all(UNNAMED) == []
        stops = page.locator("button:visible, summary:visible, a:visible, input")
        page.focus("#post")
        for _ in range(stops.count()):
            page.keyboard.press("Tab")
            assert page.evaluate(OUTLINE) == "solid"
        assert stops.last.evaluate("e => e === document.activeElement")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1200, 360])
def test_the_page_fits_and_can_be_read(browser, url, theme, width):
    """No sideways scroll, and a contrast of 4.5 or more, before, during and after a search."""
    with opened(browser, url, width=width, color_scheme=theme) as page:

        def fits(name):
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            contrasts = page.evaluate(CONTRASTS)
            assert contrasts
            assert [one for one in contrasts if one[0] < 4.5] == []
            keep(page, f"mentor-{name}-{theme}-{width}", full_page=True)

        fits("empty")
        page.fill("#post", LONG)
        page.click("#diagnose")
        page.wait_for_selector("#progress:visible")
        fits("searching")
        page.click("#cancel")
        diagnosed(page, POST)
        page.locator(".answers summary").first.click()
        page.locator(".mistake summary").first.click()
        page.locator(".answers button").first.click()
        fits("result")
        diagnosed(page, "no numbers")
        fits("unreadable")


def test_a_link_shows_the_same_in_another_window(browser, url):
    """The post stands in the address behind the #, which is not sent; no server keeps anything."""
    with opened(browser, url) as page:
        diagnosed(page, POST)
        first = told(page)
        page.get_by_role("button", name="Copy link").click()
        expect(page.locator("#status")).to_have_text("Copied.")
        address = page.evaluate("navigator.clipboard.readText()")
        assert address.startswith(f"{url}/#post=")
        other, asked = page.context.new_page(), []
        other.on("request", lambda request: asked.append(request.url))
        other.goto(address)
        other.wait_for_selector("article")
        assert other.input_value("#post") == POST
        assert told(other) == first
        assert not any("post=" in one.partition("#")[0] for one in asked)
        other.fill("#post", "something else")
        other.get_by_role("link", name="Link to this post").click()
        assert other.input_value("#post") == "something else"  # the address is the same
        other.evaluate("location.hash = ''")
        other.evaluate("link => location.href = link", address)
        expect(other.locator("#post")).to_have_value(POST)
        other.wait_for_selector("article")


@pytest.mark.parametrize("part", ["#post=%%%", "#post=AAAA", "#post=", "bomb"])
def test_a_damaged_link_is_one_sentence(browser, url, part):
    """Also a short one that holds too much."""
    bomb = """async () => {
      const { packed } = await import("/link.js");
      return packed("0".repeat(20_000_000));
    }"""
    with opened(browser, url) as page:
        part = page.evaluate(bomb) if part == "bomb" else part
        begun = monotonic()
        page.goto(f"{url}/{part}")
        expect(page.locator("#error")).to_have_text("The link is damaged: ask for the post itself.")
        assert page.input_value("#post") == ""
        assert monotonic() - begun < 5


def test_a_notebook_is_dropped_or_chosen(browser, url, tmp_path):
    """Its text is read and each function judged; its pictures are left out."""
    path = tmp_path / "mine.ipynb"
    path.write_text(notebook(), "utf-8")
    with opened(browser, url) as page:
        for give in (
            lambda: dropped(page, "mine.ipynb", notebook()),
            lambda: page.set_input_files("#file", path),
        ):
            page.reload()
            give()
            page.wait_for_selector("article")
            text = told(page)
            assert "1 mistake in rnn_cell_backward" in text
            assert re.search(r"rnn_cell_forward\s+right", text)
            assert re.search(r"rnn_cell_backward\s+wrong", text)
            kept = page.input_value("#post")
            assert "AAAA" not in kept
            assert "kernelspec" not in kept
        keep(page, "mentor-notebook", full_page=True)
        dropped(page, "mine.py", SOURCE["rnn_cell_forward"])
        expect(page.locator("#post")).to_have_value(SOURCE["rnn_cell_forward"])
        page.wait_for_selector("article")


def test_cancel_ends_a_search(browser, url):
    """The box has the focus again, and the next post is searched."""
    with opened(browser, url) as page:
        page.fill("#post", LONG)
        page.click("#diagnose")
        page.click("#cancel")
        assert page.locator("#progress").is_hidden()
        assert page.inner_text("#status") == "Cancelled."
        assert page.evaluate("document.activeElement.id") == "post"
        diagnosed(page, POST)
        assert "1 mistake" in told(page)
        assert page.inner_text("#error") == ""


def test_a_hostile_post_stays_text(browser, url):
    """In the box, in the result and in the replies; a line without an end breaks anywhere."""
    hostile = [armed(name, text, 80) for name, text in RAW.items()]
    hostile += ["A" * 5000, f"NameError: name '{RAW['raw']}{'B' * 900}' is not defined"]
    with opened(browser, url, width=360) as page:
        diagnosed(page, "\n".join((*POST.splitlines(), "In rnn_backward:", *hostile)))
        assert page.locator("#result img, #result script, #result a[href^=javascript]").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_what_cannot_be_searched_is_said(browser, url):
    """A post that is too long; and a server that is gone."""
    with opened(browser, url) as page:
        page.evaluate("document.querySelector('#post').value = 'x'.repeat(1_000_001)")
        page.click("#diagnose")
        expect(page.locator("#error")).to_contain_text("The post is too long")
        page.fill("#post", POST)
        page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('no')); }")
        page.click("#diagnose")
        expect(page.locator("#error")).to_have_text(
            "The server does not answer: start rnn-course serve again."
        )
        assert page.locator("#progress").is_hidden()


def test_without_a_clipboard_the_reply_is_selected(browser, url):
    """As on a page that is not encrypted and not of this machine."""
    with opened(browser, url) as page:
        page.evaluate("() => { Object.defineProperty(navigator, 'clipboard', {}); }")
        diagnosed(page, POST)
        page.locator(".answers button").first.click()
        assert HINT in page.evaluate("getSelection().toString()")
        expect(page.locator("#status")).to_contain_text("copy it with the keyboard")


def test_nothing_moves_for_who_does_not_want_it(browser, url):
    """The sign that something goes on stands still."""
    for motion, name in (("reduce", "none"), ("no-preference", "turn")):
        with opened(browser, url, reduced_motion=motion) as page:
            shown = page.locator(".turning").evaluate("e => getComputedStyle(e).animationName")
            assert shown == name
