"""A hostile submission in a real browser: its pages show it, and nothing of it runs or asks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import nbformat
import pytest
from browser.conftest import TOKEN, jupyter
from conftest import ASSIGNMENT, COHORT, EXERCISES, SOURCE, nbgrader
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import InvalidNotebook
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell
from nbgrader.api import Gradebook
from vectors import CODE, MARKDOWN, RAW, armed

from rnn_course.grading.cohort import write_submissions
from rnn_course.grading.course import Course

NAMES = list(MARKDOWN | RAW | CODE)
FIGURES = SOURCE.read_text("utf-8").count("](figures/")
SIMPLE = "browser-all-right"
HARMLESS = """\
# Harmless words

| a | b |
|:--|--:|
| 1 | 2 < 3 |

<details><summary>A hint</summary>

Inside the hint

</details>

```python
def harmless(): return 1
```

$a < b$ and ![a pasted picture](attachment:lost.png)
"""
# What nbconvert or the browser alone holds back, or what MathJax, a library or time would set off.
SILENT = """
attachment autolink cdata code error fence fence-unknown form image-quotes js-link-twice latex
marquee math math-block math-dollars math-environment math-href math-name mathml-link mermaid-click
mime-name mutation png printed raw raw-link raw-script refresh script-mathjax source svg-output
svg-use tooltip
"""
# What a reader's mouse and keyboard could set off, but links that lead away.
TOUCH = """() => {
  for (const element of document.querySelectorAll('body *')) {
    if (element.closest('.scoring-buttons, .navbar')) continue;
    for (const kind of ['mouseover', 'mouseenter', 'focus', 'beforetoggle'])
      element.dispatchEvent(new Event(kind, {bubbles: false}));
    const address = element.getAttribute('href') || element.getAttribute('xlink:href') || '';
    if (element.tagName.toLowerCase() === 'details') element.open = true;
    if (/^(p|button)$/i.test(element.tagName) || /script:/i.test(element.href || address))
      element.dispatchEvent(new MouseEvent('click', {bubbles: false, cancelable: true}));
  }
}"""
TEXT = "() => document.querySelector('#notebook').innerText"

pytestmark = pytest.mark.slow


class _Listener(ThreadingHTTPServer):
    """Writes down the name of each vector that got through."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: set[str] = set()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        number = self.path.strip("/").split("/")[0]
        self.server.asked.add(NAMES[int(number)] if number.isdecimal() else self.path)
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()

    def log_message(self, *_):
        """Quietly."""


@pytest.fixture(scope="module")
def listener() -> Iterator[_Listener]:
    """A server that nothing but a vector asks."""
    with _Listener() as server:
        threading.Thread(target=server.serve_forever).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def student(course, listener) -> str:
    """A right submission with every vector in it, autograded, with its feedback page."""
    write_submissions(Course(course), ASSIGNMENT, [COHORT["all-right"]], "browser-")
    path = course / "submitted" / SIMPLE / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(new_markdown_cell(HARMLESS))
    notebook.cells.append(new_code_cell("import matplotlib.pyplot as plt\nplt.plot([1, 2]);"))
    notebook.cells += _hostile(listener.server_port, False)
    nbformat.write(notebook, path)
    (path.parent / "<img src=x onerror=hit(0)>.html").write_text("<script>hit(0)</script>")
    for command in ("autograde", "generate_feedback"):
        done = nbgrader(course, command, ASSIGNMENT, f"--student={SIMPLE}")
        assert done.returncode == 0, done.stderr
    return SIMPLE


def _hostile(port, outputs):
    """Cells with all vectors; with the outputs that they would have if nothing held them back."""
    for name, text in MARKDOWN.items():
        yield new_markdown_cell(f"Vector {name}\n\n{armed(name, text, port)}")
    for name, text in RAW.items():
        yield new_raw_cell(armed(name, text, port))
    for name, (text, bundle) in CODE.items():
        cell = new_code_cell(armed(name, text, port))
        if outputs:
            data = {kind: armed(name, value, port) for kind, value in bundle.items()}
            cell.outputs = [new_output("display_data", data)]
        yield cell


@contextmanager
def _opened(browser, listener, address, entrance=None):
    """A page, after everything in it was touched; the listener hears of dialogs too."""
    listener.asked.clear()
    with browser.new_context(viewport={"width": 1200, "height": 900}) as context:
        hook = f"window.hit = n => fetch('http://127.0.0.1:{listener.server_port}/' + n)"
        hook += "; window.$ ??= () => 0"  # jQuery, which nbconvert's pages get from the network
        context.add_init_script(hook)
        page = context.new_page()
        page.on("dialog", lambda dialog: (listener.asked.add("dialog"), dialog.dismiss()))
        if entrance:
            page.goto(entrance, wait_until="domcontentloaded")
        page.goto(address, wait_until="domcontentloaded")
        page.wait_for_timeout(2000)
        for frame in page.frames:
            frame.evaluate(TOUCH)
        page.wait_for_timeout(1000)
        yield page


def _shows_what_is_harmless(page):
    """The verdicts, the figures of the text, the student's own text, code and picture."""
    text = page.evaluate(TEXT)
    for words in ("Harmless words", "A hint", "def harmless(): return 1", "Vector script"):
        assert words in text
    assert text.count("points (right)") == 8
    tables = page.locator("#notebook .output table")
    assert tables.count() == 8
    assert tables.first.is_visible()
    hint = page.locator("details", has_text="Inside the hint")
    assert hint.get_by_text("Inside the hint").is_visible()
    hint.evaluate("element => element.open = false")
    assert not hint.get_by_text("Inside the hint").is_visible()
    widths = page.evaluate(
        "() => [...document.images].map(i => [i.src.slice(0, 14), i.naturalWidth])"
    )
    drawn = [kind for kind, width in widths if width > 0]
    assert drawn.count("data:image/svg") == FIGURES
    assert drawn.count("data:image/png") == 1


def test_the_feedback_page_is_inert(browser, listener, course, student):
    """Nothing ran, nothing was asked for, and everything harmless is there."""
    path = course / "feedback" / student / ASSIGNMENT / f"{ASSIGNMENT}.html"
    with _opened(browser, listener, path.as_uri()) as page:
        assert listener.asked == set()
        assert page.title() == ASSIGNMENT
        _shows_what_is_harmless(page)


def test_formgrader_s_page_is_inert(browser, listener, course, student):
    """The same, where an instructor is signed in."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        number = gradebook.find_submission_notebook(ASSIGNMENT, ASSIGNMENT, student).id
    with jupyter(course) as server:
        address = f"{server}/formgrader/submissions/{number}/?index=0"
        with _opened(browser, listener, address, f"{server}/tree?token={TOKEN}") as page:
            assert listener.asked == set()
            assert page.title() == ASSIGNMENT
            _shows_what_is_harmless(page)
            scores = page.locator("input.score").evaluate_all("all => all.map(i => i.placeholder)")
            assert list(map(float, scores)) == [e.max_points for e in EXERCISES.values()]


def test_the_hook_sees_what_a_plain_page_lets_through(browser, listener, tmp_path):
    """The control: nbconvert's own HTML of the same cells, each in a frame, calls and asks."""
    exporter = HTMLExporter(template_name="basic")
    frames = []
    for cell in _hostile(listener.server_port, True):
        with suppress(InvalidNotebook):  # a lost attachment
            html, _ = exporter.from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
            frames.append(f'<iframe srcdoc="{escape(html)}"></iframe>')
    path = tmp_path / "frames.html"
    path.write_text("<meta charset=utf-8>" + "".join(frames), "utf-8")
    with _opened(browser, listener, path.as_uri()):
        assert set(NAMES) - listener.asked - set(SILENT.split()) == set()
