"""The notebooks in a real JupyterLab: a student's first exercise, and how everything looks."""

import re
import shutil
from copy import deepcopy

import nbformat
import pytest
from browser.conftest import choose, jupyter, keep, settled, wear, window
from conftest import ASSIGNMENT, ROOT, copy_course
from nbclient import NotebookClient
from playwright.sync_api import expect
from source.notebooks import NOTEBOOKS, SOURCES
from source.test_figures import SMALLEST

from rnn_course.grading.cohort import solutions
from rnn_course.subject.exercises import of
from rnn_course.subject.mistakes import MISTAKES, apply

NAME = "rnn_cell_forward"
RIGHT = solutions(NOTEBOOKS[ASSIGNMENT])[f"solve-{NAME}"]
WRONG = apply(MISTAKES[f"{NAME}/bias-forgotten"])[NAME]
SECOND = "lstm-language-network"
# (theme, width, height, pixels of a figure's smallest letters): upright, a phone has to zoom in.
LOOKS = [("light", 1280, 900, 10), ("dark", 1280, 900, 10), ("dark", 850, 400, 8)]
LOOKS += [("light", 400, 850, 3)]
READY = """count => document.querySelectorAll('.jp-Notebook .jp-Cell').length === count
  && !document.querySelector('.jp-Notebook').innerText.includes('$$')
  && [...document.images].every(image => image.complete)"""
# What a cell of text cannot fold and lets one scroll to instead: tables, equations, code.
STICKS_OUT = """() => [...document.querySelectorAll('.jp-MarkdownCell .jp-RenderedMarkdown')]
  .flatMap(cell => {
    const right = cell.getBoundingClientRect().right + 1;
    const scrolls = getComputedStyle(cell).overflowX === 'auto';
    return [...cell.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > right
      && !(scrolls && e.closest('table, mjx-container, pre')));
  }).map(element => element.outerHTML.slice(0, 100))"""
BEYOND = """() => {
  const {clientWidth, scrollWidth} = document.querySelector('.jp-Notebook');
  return scrollWidth - clientWidth;
}"""
IMAGES = """() => [...document.querySelectorAll('.jp-Notebook img')].map(image => {
  const {width, height} = image.getBoundingClientRect();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  const pixels = pen.getImageData(0, 0, canvas.width, canvas.height).data;
  const home = image.closest('.jp-RenderedMarkdown, .jp-OutputArea-output');
  return {
    alt: image.alt, width, height, room: home.clientWidth,
    natural: [image.naturalWidth, image.naturalHeight],
    plot: image.src.startsWith('data:image/png'),
    opaque: pixels.every((value, k) => k % 4 !== 3 || value === 255),
  };
})"""

# In a cell of 100 pixels: a table may stick out, a long word may not; the picture is transparent.
PLANTED = """
<div class="jp-Notebook" style="width: 120px"><div class="jp-MarkdownCell">
<div class="jp-RenderedMarkdown" style="width: 100px; overflow-x: auto">
  <table><tr><td>aWordThatIsMuchTooLongForThisCell</td></tr></table>
  <p><code>anotherWordThatIsMuchTooLongForThisCell</code></p>
</div></div><div class="jp-OutputArea-output" style="width: 100px"><img width="300"
  src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>">
</div></div>
"""

pytestmark = pytest.mark.slow
expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """JupyterLab on a copy of the release, and beside it the notebooks as they are when solved."""
    folder = tmp_path_factory.mktemp("student")
    shutil.copytree(ROOT / "release", folder, dirs_exist_ok=True)
    course = copy_course(folder / "solved")
    for assignment in SOURCES:
        _solve(course / "source" / assignment, assignment)
    with jupyter(folder, *settled(tmp_path_factory.mktemp("settings"))) as server:
        yield server


def _solve(folder, assignment):
    """Run the notebook with its solutions; to be looked at, its networks need not learn much."""
    notebook = deepcopy(NOTEBOOKS[assignment])
    for cell in notebook.cells:
        cell.source = re.sub(r"training_steps\(\w+\)", "training_steps(9)", cell.source)
    NotebookClient(notebook, resources={"metadata": {"path": str(folder)}}).execute()
    nbformat.write(notebook, folder / f"{assignment}.ipynb")


class Notebook:
    """A notebook that is open in JupyterLab."""

    def __init__(self, page, server, path, assignment):
        self.page = page
        page.goto(f"{server}/lab/tree/{path}?reset")
        cells = NOTEBOOKS[assignment].cells
        self.position = {cell.id: k for k, cell in enumerate(cells)}
        page.wait_for_function(READY, arg=len(cells))
        self.idle()

    def cell(self, name):
        """The cell with this id."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(self.position[name])

    def idle(self):
        """Wait until the kernel has nothing left to do."""
        expect(self.page.locator("#jp-main-statusbar")).to_contain_text("| Idle")

    def run(self, name):
        """Run a cell with the keyboard; gives the place of what it puts out."""
        cell = self.cell(name)
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        expect(prompt).not_to_have_text(before)
        expect(prompt).to_have_text(re.compile(r"\[\d+\]:"))
        return cell.locator(".jp-OutputArea")

    def write(self, name, code):
        """Put code into a cell in the place of what is there."""
        self.cell(name).locator(".cm-content").press("Control+a")
        self.page.keyboard.insert_text(code)


@pytest.fixture(scope="module")
def exercise(browser, server):
    """The first notebook as a student opens it, run down to the first exercise."""
    path = f"{ASSIGNMENT}/{ASSIGNMENT}.ipynb"
    with window(browser, server) as page:
        notebook = Notebook(page, server, path, ASSIGNMENT)
        notebook.cell(f"solve-{NAME}").locator(".cm-content").click()
        choose(page, "Run", "Run All Above Selected Cell")
        expect(notebook.cell("setup").locator(".jp-InputPrompt")).to_have_text("[1]:")
        notebook.idle()
        yield notebook


def test_a_wrong_solution_is_told_where_it_is_wrong(exercise):
    """In words, below the check, and without a traceback; then the right one is right."""
    exercise.write(f"solve-{NAME}", WRONG)
    exercise.run(f"solve-{NAME}")
    said = exercise.run(NAME)
    expect(said).to_contain_text(f"{NAME}: a_next[4][0] is not right.")
    expect(said).to_contain_text("expected  0.59584544")
    expect(said).not_to_contain_text("Traceback")
    keep(exercise.page, "lab-wrong")
    exercise.write(f"solve-{NAME}", RIGHT)
    exercise.run(f"solve-{NAME}")
    expect(exercise.run(NAME)).to_contain_text(f"{NAME}: right on the published inputs")
    keep(exercise.page, "lab-right")


def test_validate_names_what_is_not_done_yet(exercise):
    """The button saves, runs everything and says so in words; what is done is not named."""
    exercise.page.locator(".validate-button").get_by_text("Validate").click()
    dialog = exercise.page.locator(".jp-Dialog")
    expect(dialog).to_contain_text("Validation Results")
    keep(exercise.page, "lab-validate")
    words = dialog.inner_text()
    assert [NAME, *re.findall(r"check\((\w+)", words)] == list(of(ASSIGNMENT))
    assert words.count("not done yet") == len(of(ASSIGNMENT)) - 1
    assert "Traceback" not in words
    dialog.get_by_role("button", name="OK").click()
    expect(dialog).to_have_count(0)


def test_the_second_notebook_opens_and_runs(browser, server):
    """Down to its first exercise, which then says that it is not done yet."""
    with window(browser, server) as page:
        notebook = Notebook(page, server, f"{SECOND}/{SECOND}.ipynb", SECOND)
        notebook.run("setup")
        notebook.run("given-corpus")
        expect(notebook.run("predict-pairs").locator(".jp-RenderedText")).not_to_be_empty()
        notebook.run("solve-token_cell_forward")
        said = notebook.run("token_cell_forward")
        expect(said).to_contain_text("token_cell_forward: not done yet.")
        keep(page, "lab-second")


@pytest.mark.parametrize("assignment", SOURCES)
def test_everything_fits_and_can_be_seen(browser, server, assignment):
    """In the light and the dark theme; on a screen, and on a phone, upright and on its side."""
    with window(browser, server, color_scheme="light") as page:
        Notebook(page, server, f"solved/source/{assignment}/{assignment}.ipynb", assignment)
        page.evaluate("document.querySelectorAll('details').forEach(hint => hint.open = true)")
        for theme, width, height, smallest in LOOKS:
            page.set_viewport_size({"width": width, "height": height})
            wear(page, theme)
            if width < 1000 and page.locator("#jp-left-stack").is_visible():
                page.keyboard.press("Control+b")
                page.locator("#jp-left-stack").wait_for(state="hidden")
            keep(page, f"lab-{assignment}-{theme}-{width}")
            _everything_fits(page, smallest)
        _keep_images(page, assignment)


def _everything_fits(page, smallest):
    assert page.evaluate(BEYOND) <= 0
    assert page.evaluate(STICKS_OUT) == []
    images = page.evaluate(IMAGES)
    assert {image["plot"] for image in images} == {True, False}
    for image in images:
        assert image["width"] <= image["room"]
        across, down = image["natural"]
        assert image["width"] / image["height"] == pytest.approx(across / down, rel=0.03)
        assert image["opaque"] or not image["plot"]
        assert len(image["alt"]) > 20
        if not image["plot"]:
            assert SMALLEST * image["width"] / across >= smallest


def _keep_images(page, assignment):
    page.set_viewport_size({"width": 1280, "height": 900})
    for k, image in enumerate(page.locator(".jp-Notebook img").all()):
        keep(image, f"lab-{assignment}-image-{k:02}")


def test_what_does_not_fit_is_noticed(browser):
    """The control of what is measured above, on a page made for it."""
    with browser.new_context() as context:
        page = context.new_page()
        page.set_content(PLANTED)
        assert page.evaluate(BEYOND) > 0
        assert [out[:5] for out in page.evaluate(STICKS_OUT)] == ["<code"]
        ((image),) = page.evaluate(IMAGES)
        assert image["width"] > image["room"]
        assert image["alt"] == ""
        assert not image["opaque"]
