"""What a student writes stays text and pictures in the pages that nbgrader makes of it."""

import re
import time
from base64 import b64decode
from pathlib import Path

import nbformat
import nbgrader
import pytest
from bs4 import BeautifulSoup, Comment
from conftest import ASSIGNMENT, ROOT, SOURCE
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.exporters import HTMLExporter
from traitlets.config import Config, PyFileConfigLoader
from vectors import CODE, MARKDOWN, RAW, armed

from rnn_course.grading import safe_html

TEMPLATES = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGD4DwAB"
    "BAEAX+XDSwAAAABJRU5ErkJggg=="
)
CONFIG = PyFileConfigLoader("nbgrader_config.py", str(ROOT)).load_config()
OURS = HTMLExporter(config=CONFIG)
PLAIN = HTMLExporter()
VALUE = {
    "href": re.compile(r"(https?://|mailto:|#user-content-)"),
    "src": re.compile(r"data:image/(png|jpeg|gif|webp|svg\+xml)[;,]"),
    "style": re.compile(r"text-align: ?(left|right|center);?$"),
}
KNOWN = {"href", "src", "alt", "title", "class", "id", "rel", "style", "width", "height", "start"}
KNOWN |= {"colspan", "rowspan", "open", "type", "checked", "disabled"}


def render(source, exporter=OURS, **context):
    """What an exporter's template gets in the place of a text cell."""
    return exporter.environment.filters["strip_files_prefix"](
        exporter.environment.filters["markdown2html"](context, source)
    )


def active(html):
    """Everything in a piece of HTML that is not allowed there."""
    soup = BeautifulSoup(html, "html.parser")
    yield from soup.find_all(string=lambda text: isinstance(text, Comment))
    for tag in soup.find_all(True):
        if tag.name not in safe_html.TAGS.split():
            yield tag.name
        for name, value in tag.attrs.items():
            text = " ".join(value) if isinstance(value, list) else value
            if name not in KNOWN or (name in VALUE and not VALUE[name].match(text)):
                yield f"{tag.name} {name}={text}"


@pytest.mark.parametrize("name", MARKDOWN)
def test_a_text_cell_keeps_nothing_active(name):
    """Neither after the filter, nor when nbconvert has read and written the page once more."""
    html = render(armed(name, MARKDOWN[name], 1))
    again = str(BeautifulSoup(html, "html.parser"))
    assert [*active(html), *active(again)] == []


INERT = {
    "code",
    "fence",
    "fence-unknown",
    "mermaid-click",
    "autolink",
    "math-dollars",
    "math-block",
}
INERT |= {"math-environment", "math-name", "math-href", "unclosed"}


def test_the_vectors_are_active_without_the_filter():
    """So that the test above can fail: a few do nothing in nbconvert's own hands either."""
    texts = {name: text for name, text in MARKDOWN.items() if name != "attachment"}
    inert = {name for name, text in texts.items() if not [*active(render(text, PLAIN))]}
    assert inert == INERT


PIECES = (
    "files/ /files/ href=' src=\" javascript: data:text/html, <!-- --> <![CDATA[ &#x6a; &lt; <b"
)
FRAGMENTS = st.sampled_from(
    [*MARKDOWN.values(), *RAW.values(), *PIECES.split(), *"<>\"'`$&#/=![]()|-*_~\\\n\t ", "\n\n"]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(FRAGMENTS | st.text(max_size=8), max_size=12).map("".join))
def test_no_markdown_becomes_active(source):
    """Whatever goes in, only what is allowed comes out, and nothing is raised."""
    html = render(source)
    assert [*active(html), *active(str(BeautifulSoup(html, "html.parser")))] == []


@pytest.mark.parametrize(
    ("source", "selector", "text"),
    [
        ("| a | b |\n|:--|--:|\n| 1 | 2 |", "table.table td[style='text-align:right']", "2"),
        ("# Part 1", "h1#user-content-Part-1 > a.anchor-link[href='#user-content-Part-1']", "¶"),
        ("[up](#Part-1)", "a[href='#user-content-Part-1']", "up"),
        ("```python\ndef f(): pass\n```", "div.highlight pre span.k", "def"),
        ("```text\na < b && c\n```", "pre", "a < b && c\n"),
        ("`a < b`", "code", "a < b"),
        ("<details><summary>Hint</summary>\n\n**b**\n\n</details>", "details > summary", "Hint"),
        ("<details open>\n\n**b**\n\n</details>", "details[open] strong", "b"),
        ("- a\n  1. b", "ul > li > ol > li", "b"),
        ("3. a", "ol[start='3'] > li", "a"),
        ("- [x] done", "li > input[type=checkbox][checked][disabled]", ""),
        ("~~a~~", "del", "a"),
        ("> a", "blockquote p", "a"),
        ("a  \nb", "p br", ""),
        ("x<sub>t</sub>", "sub", "t"),
        ("[site](https://example.org/?a=1&b=2)", "a[rel][href='https://example.org/?a=1&b=2']", 0),
        ("<a@example.org>", "a[href='mailto:a@example.org']", "a@example.org"),
        (f"![dot]({PIXEL})", f"img[alt=dot][src='{PIXEL}']", ""),
        (f"<img src='{PIXEL}' width='9'>", "img[width='9']", ""),
        ("![dot](data:image/svg+xml;base64,AAAA)", "img[src^='data:image/svg+xml;base64,AA']", ""),
        ("$a < b \\& c_1 * d_2 * e$", "p", "$a < b \\& c_1 * d_2 * e$"),
        ("$$\na_{<t>} \\\\ b\n$$", "p", "$$\na_{<t>} \\\\ b\n$$"),
        ("a < b, c > d & e", "p", "a < b, c > d & e"),
        ("![seen](https://example.org/x.png)", "img[alt=seen]:not([src])", ""),
        ("![pasted](attachment:x.png) **b**", "img[alt=pasted]:not([src]) + strong", "b"),
        ("![folder](.) **b**", "img[alt=folder]:not([src]) + strong", "b"),
        ("![x][y] **b**\n\n[y]: attachment:y", "img[alt=x]:not([src]) + strong", "b"),
    ],
)
def test_what_teaching_uses_is_kept(source, selector, text):
    """Tables, anchors, code, lists, pictures, mathematics; and a lost picture leaves its name."""
    found = BeautifulSoup(render(source), "html.parser").select(selector)
    assert found
    assert not text or found[0].get_text() == text


def test_a_text_cell_that_would_take_minutes_is_shown_as_text():
    """Each \\begin is looked for to the end of the cell, and so is each open element."""
    for piece in ("\\begin{a}", "<div>"):
        assert BeautifulSoup(render(piece * 20_000), "html.parser").pre.get_text() == piece * 20_000
        start = time.monotonic()
        render(piece * (safe_html.LONGEST // len(piece)))
        assert time.monotonic() - start < 5


def test_a_pasted_picture_is_drawn_where_the_notebook_holds_it():
    """An SVG too: as a picture it cannot do anything."""
    cell = {"attachments": {"x": {"image/svg+xml": "AAAA"}, "y": {"text/html": "AAAA"}}}
    html = render("![a](attachment:x) ![b](attachment:y)", cell=cell)
    assert [img.get("src") for img in BeautifulSoup(html, "html.parser").select("img")] == [
        "data:image/svg+xml;base64,AAAA",
        None,
    ]


TEACHING = [c for c in nbformat.read(SOURCE, as_version=4).cells if c.cell_type == "markdown"]


@pytest.mark.parametrize("cell", TEACHING, ids=[cell.id for cell in TEACHING])
def test_the_teaching_text_is_the_same_with_and_without_the_filter(cell):
    """The words, the elements and their classes: only ids and the look of tables differ, and the
    pictures are inside.
    """
    resources = {"metadata": {"path": str(SOURCE.parent)}}
    plain, ours = (
        BeautifulSoup(render(cell.source, e, cell=cell, resources=resources), "html.parser")
        for e in (PLAIN, OURS)
    )
    assert ours.get_text() == plain.get_text()
    for table in plain.select("table"):
        table["class"] = ["table"]

    def parts(soup):
        return [(t.name, t.get("class"), t.get("alt"), t.get("style")) for t in soup.find_all()]

    assert parts(ours) == parts(plain)
    for before, after in zip(plain.select("img"), ours.select("img"), strict=True):
        kind, _, data = after["src"].partition(",")
        assert kind == "data:image/svg+xml;base64"
        assert b64decode(data) == (SOURCE.parent / before["src"]).read_bytes()


def _page(cells, **names):
    """Formgrader's page of a notebook, as its handler makes it."""
    config = CONFIG.copy()
    config.merge(
        Config(HTMLExporter={"template_name": "formgrade", "extra_template_basedirs": [TEMPLATES]})
    )
    config.HTMLExporter.extra_template_basedirs = [str(TEMPLATES)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    resources = {"index": 0, "total": 1, "base_url": "", "last_name": None, "first_name": None}
    resources |= {"notebook_id": ASSIGNMENT, "assignment_id": ASSIGNMENT, "submission_id": "1"}
    page, _ = HTMLExporter(config=config).from_notebook_node(notebook, resources | names)
    return BeautifulSoup(page, "html.parser")


def test_a_raw_cell_is_shown_as_text():
    """nbconvert takes it for a part of the page."""
    cells = [nbformat.v4.new_raw_cell(text) for text in RAW.values()]
    notebook = _page(cells).select_one("#notebook")
    assert [pre.get_text() for pre in notebook.select("pre")] == list(RAW.values())
    assert not notebook.select("img, a, script")


def test_outputs_of_another_grader_are_sanitised_as_well():
    """Ours lets text and PNG alone through; a notebook that something else ran may hold more."""
    outputs = [nbformat.v4.new_output("display_data", bundle) for _, bundle in CODE.values()]
    outputs.append(nbformat.v4.new_output("error", ename="E", evalue="", traceback=[RAW["raw"]]))
    outputs.append(nbformat.v4.new_output("stream", text=RAW["raw"]))
    notebook = _page([nbformat.v4.new_code_cell(RAW["raw"], outputs=outputs)])
    notebook = notebook.select_one("#notebook")
    assert not notebook.select("script, svg, iframe, [onerror], [onload]")
    assert [img["src"][:22] for img in notebook.select("img[src]")] == [
        "data:image/svg+xml;bas",
        "data:image/png;base64,",
    ]


def test_a_student_s_name_is_text_on_formgrader_s_page():
    """Its template writes the name, and the folder's path into an attribute, as they are."""
    evil = '"><img src=x onerror=alert(1)>'
    page = _page([], student=evil, notebook_path=f"../autograded/{evil}/x.ipynb")
    links = page.select("a.name-shown")
    assert [link.get_text().strip() for link in links] == [evil]
    assert links[0]["data-link"] == f"../autograded/{evil}/x.ipynb"
    page = _page([], student="s", notebook_path="", last_name="<b>", first_name="&amp;")
    assert page.select_one("a.name-shown").get_text().strip() == "<b>, &amp;"


def test_an_id_of_a_student_s_is_none_of_the_page():
    """Formgrader finds a score's field by its id, and a heading may have any name."""
    page = _page([nbformat.v4.new_markdown_cell("# rnn_forward\n\n<b id='statusmessage'>x</b>")])
    assert not page.select("#rnn_forward")
    assert len(page.select("#statusmessage")) == 1


def test_classes_of_a_student_s_are_those_of_code():
    """The others are what Formgrader's buttons and the page's own look hang on."""
    html = render('<b class="score tabbable k full-credit">x</b><i class="btn">y</i>')
    assert re.findall('class="(.*?)"', html) == ["k"]


def test_mathjax_comes_with_its_safe_mode():
    """It is what keeps \\href{javascript:…} in a formula from becoming a link."""
    script = _page([]).select_one("script[src*=mathjax]")
    assert re.search(r"config=[\w,-]*\bSafe\b", script["src"])
