"""Figures for everyone: words for who does not see them, letters that can be read."""

import ast
import re
from itertools import compress
from xml.etree import ElementTree

import nbformat
import pytest
from conftest import ROOT
from matplotlib.colors import to_rgb

SVG = "{http://www.w3.org/2000/svg}"
FIGURES = sorted(ROOT.glob("source/*/figures/*.svg"))
EACH = pytest.mark.parametrize("path", FIGURES, ids=lambda path: path.stem)
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/*.md")])
NOTEBOOKS = sorted([*ROOT.glob("source/*/*.ipynb"), *ROOT.glob("docs/*.ipynb")])
IMAGE = re.compile(r"!\[(.*?)\]\((\S*?)\)(?:\s*\*([^*\n]+)\*)?", re.S)
SMALLEST = 12  # of 900: 10 pixels where a figure is as wide as JupyterLab's text
PLANTED = {
    "![](figures/a.svg)": "no sentence",
    '<img src="a.png" width="9">': "no sentence",
    "![Figure 1](figures/a.svg)": "no sentence",
    "![rnn-cell-forward-with-shapes](figures/a.svg)": "no sentence",
    "![figures of the cell a.svg](figures/a.svg)": "a file's name",
    "![The cell, with all of its gates](a.svg)\n\n*The cell, with all of its gates*": "the caption",
    "![The cell, with all of its gates](figures/a.svg)\n\n*Fig 1*": None,
}


def _texts():
    for path in PAGES:
        yield path.name, path.read_text("utf-8")
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "markdown":
                yield f"{path.name}, {cell.id}", cell.source


def _images(text):
    """(words, file, caption) of each image, in Markdown or in HTML."""
    yield from IMAGE.findall(text)
    for tag in re.findall(r"<img\s[^>]*>", text):
        said = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        yield said.get("alt", ""), said["src"], ""


def _fault(alt, file, caption):
    """What is wrong with the words for an image, if anything is."""
    if len(alt) < 20 or len(alt.split()) < 4:
        return "no sentence"
    if file.rpartition("/")[2] in alt:
        return "a file's name"
    return "the caption" if alt == caption else None


def test_each_image_has_words_that_say_what_is_seen():
    """In the notebooks, the documentation and the README."""
    images = [(where, *image) for where, text in _texts() for image in _images(text)]
    assert len(images) >= len(FIGURES)
    assert [image for image in images if _fault(*image[1:])] == []


@pytest.mark.parametrize(("text", "fault"), PLANTED.items())
def test_poor_words_are_refused(text, fault):
    """Too few, a file's name, the caption again."""
    assert [_fault(*image) for image in _images(text)] == [fault]


def _drawing(path):
    return ElementTree.parse(path).getroot()


@EACH
def test_a_figure_opened_by_itself_is_read_aloud(path):
    """It is one image with a title and a description."""
    drawing = _drawing(path)
    assert drawing.get("role") == "img"
    named = {part.get("id"): part.text or "" for part in drawing if part.get("id")}
    title, words = (named[name] for name in drawing.get("aria-labelledby").split())
    assert len(title.split()) >= 3
    assert len(words.split()) >= 10
    assert words != title


def contrast(one, other):
    """The contrast of two colours, from 1 to 21, as the WCAG define it."""
    dark, light = sorted(map(_luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour):
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in to_rgb(colour)]
    return sum(weight * v for weight, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _letters(drawing):
    """(words, size, contrast with the last box drawn below them) of each text."""
    boxes, grounds = [], []
    for part in drawing.iter():
        if part.tag == f"{SVG}rect" and part.get("fill", "none") != "none":
            boxes.append([float(part.get(name)) for name in ("x", "y", "width", "height")])
            grounds.append(part.get("fill"))
        if part.tag == f"{SVG}text":
            x, y = float(part.get("x")), float(part.get("y"))
            inside = [0 <= x - left <= w and 0 <= y - top <= h for left, top, w, h in boxes]
            *_, ground = compress(grounds, inside)
            size = float(part.get("font-size", drawing.get("font-size")))
            fill = part.get("fill", drawing.get("fill"))
            yield part.text, size, contrast(fill, ground)


@EACH
def test_the_letters_of_a_figure_can_be_read(path):
    """None is too small or too pale, not even what a stage leaves in the background."""
    letters = list(_letters(_drawing(path)))
    assert len(letters) > 5
    assert [row for row in letters if row[1] < SMALLEST or row[2] < 3] == []


def test_small_and_pale_letters_are_noticed():
    """The control: what a figure of ours once had."""
    text = '<text x="9" y="9" font-size="10.5" fill="#A3ABB4">x</text>'
    box = '<rect x="0" y="0" width="20" height="20" fill="#FDFDFB"/>'
    drawing = ElementTree.fromstring(f'<svg xmlns="{SVG[1:-1]}">{box}{text}</svg>')
    ((_, size, difference),) = _letters(drawing)
    assert size < SMALLEST
    assert 2 < difference < 3


@pytest.mark.parametrize("module", ["rnn_pictures", "rnn_pictures_2"])
def test_each_picture_says_in_words_what_it_shows(module):
    """What it prints is the alternative text, too: nobody else would give it one."""
    functions = [
        node
        for node in ast.parse((ROOT / f"{module}.py").read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.decorator_list
    ]
    silent = [f.name for f in functions if "'print'" not in ast.dump(f)]
    assert len(functions) >= 6
    assert silent == []


def test_the_names_beside_curves_can_be_read():
    """The colours of the palette are made for lines; letters in them are darker."""
    from matplotlib.figure import Figure

    from rnn_pictures import PALETTE, label_ends

    axes = Figure().subplots()
    label_ends(axes, {name: (0, 0, colour) for name, colour in PALETTE.items()}, gap=1)
    assert len(axes.texts) == len(PALETTE)
    assert min(contrast(text.get_color(), "white") for text in axes.texts) >= 4.5
    assert min(contrast(colour, "white") for colour in PALETTE.values()) < 3
