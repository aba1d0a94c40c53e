"""The pictures of the README, as they are seen; those of the docs, as make pictures keeps them."""

import re
import shutil
import struct

import pytest
from browser.conftest import jupyter, keep, settled, wear, window
from browser.test_student_lab import NAME, Notebook
from conftest import ASSIGNMENT, ROOT
from playwright.sync_api import expect
from served import served

PAGES = (ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")))
FOLDER = ROOT / "docs" / "pictures"
VIEWPORT = {"width": 1100, "height": 940}
POST = """\
gradients["dWf"][3][1] = -0.38329077807476625
gradients["dWi"][1][2] = 1.05749805522599
gradients["dWo"][1][2] = 0.3313115952892109
gradients["dbf"][4] = [0.43677164]
"""


@pytest.mark.slow
def test_the_notebook_is_photographed(browser, tmp_path):
    """An exercise in JupyterLab: names and shapes, equations, the drawing."""
    folder = shutil.copytree(ROOT / "release", tmp_path / "student")
    with (
        jupyter(folder, *settled(tmp_path / "settings")) as server,
        window(browser, server, color_scheme="light") as page,
    ):
        page.set_viewport_size(VIEWPORT)
        Notebook(page, server, f"{ASSIGNMENT}/{ASSIGNMENT}.ipynb", ASSIGNMENT)
        page.keyboard.press("Control+b")
        heading = page.locator(".jp-Notebook h2", has_text=NAME)
        for theme in ("light", "dark"):
            wear(page, theme)
            heading.evaluate("heading => heading.scrollIntoView()")
            expect(heading).to_be_in_viewport()
            keep(page, f"readme-notebook-{theme}")


@pytest.mark.slow
def test_a_diagnosis_is_photographed(browser):
    """The mentor's page: the verdict, what may be answered, the line at fault."""
    with served("--seconds", "30") as url, browser.new_page(viewport=VIEWPORT) as page:
        page.goto(url)
        page.fill("#post", POST)
        page.click("#diagnose")
        expect(page.locator("#result")).to_contain_text("1 mistake in lstm_cell_backward")
        page.locator("#result").evaluate("result => result.scrollIntoView()")
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            keep(page, f"readme-diagnosis-{theme}")


def test_each_picture_of_the_docs_is_kept_and_each_that_is_kept_is_shown():
    """As a PNG that fits a page; pictures are of a size that a repository can hold."""
    texts = "\n".join(page.read_text("utf-8") for page in PAGES)
    assert set(re.findall(r"pictures/([\w-]+\.png)", texts)) == {
        path.name for path in FOLDER.iterdir()
    }
    for path in FOLDER.iterdir():
        data = path.read_bytes()
        assert data.startswith(b"\x89PNG")
        width, height = struct.unpack(">II", data[16:24])
        assert 400 <= width <= 1280
        assert height <= 1600
        assert len(data) < 200_000
