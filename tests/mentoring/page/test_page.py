"""mentoring/page: everything of a diagnosis is on the page, and nothing of a post runs there."""

import re
from collections import Counter
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import product

import pytest
from examples import gates, view
from vectors import CODE, MARKDOWN, RAW, armed

from rnn_course.mentoring.diagnosis import (
    Compared,
    Diagnosis,
    Explanation,
    Found,
    FoundMistake,
    Observation,
)
from rnn_course.mentoring.page.page import Page, content, page

CELL = "lstm_cell_backward"
VECTORS = {**MARKDOWN, **RAW, **{name: text for name, (text, _) in CODE.items()}}


class Elements(HTMLParser):
    """Counts the tags and the names of attributes; collects the text by tag."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.attributes, self.open = Counter(), Counter(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Also of an element that is empty."""
        self.tags[tag] += 1
        self.attributes.update(name for name, _ in attrs)


def words(text):
    """What a reader sees."""
    visible = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", "", visible))


def posted(text):
    """A diagnosis with the same text wherever a post's may come in."""
    mistake = FoundMistake(CELL, 3, text, text, text, (text, text, text), text, text)
    seen = Observation(CELL, text, text, ())
    return Diagnosis(
        *(CELL, "NEW", Found.EXPLAINED, (Compared(seen, text, False),)),
        (Explanation((mistake,), 1, 1, {text: text}),),
        (text,),
        {(CELL, text): "wrong", (CELL, "dot"): "first"},
    )


@pytest.mark.parametrize("name", VECTORS)
def test_no_text_of_a_post_becomes_an_element(name):
    """The page has the elements and attributes that it has with harmless words."""
    text = armed(name, VECTORS[name], 80)
    harmless, hostile = (Elements(page(posted(t), t)) for t in ("words", text))
    marked = {"tags": {"mark", "ins"}}
    for kind in ("tags", "attributes"):
        counts = [Counter(getattr(parsed, kind)) for parsed in (harmless, hostile)]
        for count in counts:
            for tag in marked.get(kind, ()):
                del count[tag]
        assert counts[0] == counts[1]
    assert text in unescape(page(posted(text)))


@pytest.mark.parametrize("diagnosis", [gates(), view()], ids=["gates", "view"])
def test_the_page_needs_nothing_else(diagnosis):
    """No script, no address, nothing to fetch; what it could fetch is forbidden too."""
    text = page(diagnosis)
    for word in ("src=", "href", "url(", "@import", "<script", "http:", "https:", "//"):
        assert word not in text
    assert "default-src 'none'" in text
    assert Elements(text).tags["html"] == 1


def test_everything_is_told():
    """Verdict, observations, mistakes with both lines, reason and hints, source, notes."""
    diagnosis = replace(gates(), notes=("A note to the mentor.",))
    text = words(page(diagnosis, "A title"))
    assert f"Wrong, and explained: 4 mistakes in {CELL}." in text
    assert "4 mistakes reproduce 22 of 22 reported values" in text
    assert "12 of 22 reported values match" in text
    assert "A note to the mentor." in text
    assert "A title" in text
    for compared in diagnosis.observations:
        for told in (compared.observation.place, compared.observation.text, compared.expected):
            assert told in text
    (explanation,) = diagnosis.explanations
    for mistake in explanation.mistakes:
        for told in (mistake.was, mistake.becomes, mistake.why, mistake.equation, *mistake.hints):
            assert told.replace("`", "") in text
    assert explanation.source[CELL] in text
    assert text.count("✗ differs") == 10
    assert text.count("✓ matches") == 12


def test_names_in_hints_are_code():
    """Backquotes around a name become tags, and nothing else does."""
    (explanation,) = gates().explanations
    strange = replace(explanation.mistakes[0], hints=("", "", "Is `it` or `<b>` <i>?"))
    found = replace(gates(), explanations=[replace(explanation, mistakes=[strange])])
    assert "Is <code>it</code> or `&lt;b&gt;` &lt;i&gt;?" in page(found)


def test_hints_and_sources_are_folded():
    """A mentor opens one at a time; nothing is open at first."""
    parsed = Elements(page(gates()))
    assert parsed.tags["details"] == 4 * 3 + 1 + 1  # hints, source, the forward cell's graph
    assert parsed.attributes["open"] == 0
    assert parsed.tags["details"] == parsed.tags["summary"]


def test_every_state_appears_with_its_words():
    """In the legend and in the graph; the first wrong one is marked in its own function."""
    text = page(view())
    for state in ("right", "wrong", "first", "unseen"):
        assert f'class="node {state}"' in text
    assert text.count(">first wrong<") == 2  # the wide and the narrow drawing
    assert "nothing of it is seen in the post" in words(text)


@pytest.mark.parametrize("verdict", Found)
def test_every_verdict_has_its_words(verdict):
    """Also of a post in which nothing was found."""
    empty = Diagnosis("", "", verdict)
    text = words(page(empty))
    assert "0 of 0" not in text
    assert len(text.strip()) > 40
    assert "The computation" not in text


def test_a_missing_and_an_added_line_are_said_to_be_so():
    """An empty side is not an empty box."""
    for was, becomes, told in (("a = b", "", "missing"), ("", "a = b", "no such line")):
        mistake = FoundMistake(CELL, 3, was, becomes, "Why.", ("1.", "2.", "3."))
        explanation = Explanation((mistake,), 1, 1, {})
        text = words(page(Diagnosis(CELL, "NEW", Found.EXPLAINED, (), (explanation,))))
        assert told in text
        assert "1 mistake reproduces 1 of 1 reported values" in text


def test_a_notebook_gets_the_part_inside():
    """The same words, no second document."""
    shown = Page(gates(), "A title")
    fragment = shown._repr_html_()
    assert "<html" not in fragment
    assert "<body" not in fragment
    assert fragment in shown.html
    assert shown.html == page(gates(), "A title")


def test_the_content_alone_needs_a_style_sheet():
    """It has no styles of its own, which a strict policy would forbid."""
    text = content(gates(), "A title")
    assert "style" not in {*Elements(text).tags, *Elements(text).attributes}
    assert f'<main class="diagnosis">{text}</main>' in page(gates(), "A title")


def test_a_mistake_in_posted_code_claims_no_values():
    """There are none that it could reproduce, and no numbers of an edition."""
    mistake = FoundMistake(CELL, 3, "a = b", "a = c", "Why.", ("1.", "2.", "3."))
    explanation = Explanation((mistake,), 0, 0, {CELL: "def f(): pass"})
    text = words(page(Diagnosis(CELL, "NEW", Found.EXPLAINED, (), (explanation,))))
    assert "1 mistake in lstm_cell_backward" in text
    assert "The code that was read" in text
    for claim in ("0 of 0", "reproduces", "prints", "published numbers"):
        assert claim not in text


def test_every_style_stays_inside_the_diagnosis():
    """In a notebook the rest of the page keeps its own."""
    style = re.search(r"<style>(.*?)</style>", page(gates()), re.DOTALL)[1]
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    style = re.sub(r"\[data-jp-theme-light=[^\]]*\] ", "", style)  # JupyterLab's own theme
    selectors = re.findall(r"(?:^|[{}])\s*([^{}@]+)\{", style)
    assert len(selectors) > 40
    for selector in selectors:
        parts = re.sub(r"\([^)]*\)", "", selector).split(",")
        assert all(part.strip().startswith(".diagnosis") for part in parts)


def luminance(colour):
    """The relative luminance of #rrggbb, as WCAG defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_contrast_is_enough_in_both_themes():
    """WCAG AA: 4.5 for text, 3 for the frames of the nodes."""
    blocks = re.findall(r"\{([^{}]*--ground:[^{}]*)\}", page(gates()))
    themes = [dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in blocks]
    assert len(themes) == 4  # the system's two, and JupyterLab's
    for theme, state in product(themes, ("right", "wrong", "first", "unseen")):
        pairs = [(f"{state}-text", state, 4.5), (f"{state}-line", "ground", 3)]
        pairs += [(ink, on, 4.5) for ink in ("text", "quiet") for on in ("ground", "panel")]
        pairs += [("right-line", "ground", 4.5), ("wrong-line", "ground", 4.5)]
        for ink, on, least in pairs:
            dark, light = sorted(luminance(theme[name]) for name in (ink, on))
            assert (light + 0.05) / (dark + 0.05) >= least, (ink, on)
