"""Scripts on their way into the browser of whoever reads the graded notebook or its feedback."""

import nbformat
import pytest

from .active import MARK
from .attack import Attack
from .test_channel import FORGE

pytestmark = pytest.mark.slow

ALERT = f"alert(`{MARK}`)"
SCRIPT = f"<script>{ALERT}</script>"
IMAGE = f"<img src=x onerror={ALERT}>"
FRAME = f'<iframe srcdoc="{SCRIPT}"></iframe><a href="javascript:{ALERT}">x</a>'
DISPLAYS = f"""
    from IPython.display import HTML, SVG, IFrame, Javascript, Latex, Markdown, display

    script = "{SCRIPT}"
    for kind in (HTML, Javascript, Markdown, Latex):
        display(kind(script))
    display(SVG(data='<svg xmlns="http://www.w3.org/2000/svg" onload="{ALERT}"/>'))
    display(IFrame("javascript:{ALERT}", 10, 10))
"""
BUNDLES = f"""
    from IPython.display import display

    script = "{SCRIPT}"
    for mime in ("text/html", "text/markdown", "text/latex", "application/javascript",
                 "image/svg+xml", "image/jpeg", "application/pdf", "application/json", script,
                 "application/vnd.jupyter.widget-view+json", "text/plain; charset=utf-7"):
        display({{mime: script, "text/plain": script}}, raw=True, metadata={{mime: script}})
    display({{"image/png": script}}, raw=True)
    display({{"image/png": '" onerror="{ALERT}'}}, raw=True)
"""
REPRESENTATIONS = f"""
    class Rich:
        def _repr_html_(self):
            return "{SCRIPT}"

        _repr_svg_ = _repr_latex_ = _repr_javascript_ = _repr_markdown_ = _repr_html_
        _repr_jpeg_ = _repr_png_ = _repr_html_

        def __repr__(self):
            return "{SCRIPT}"

        def _repr_mimebundle_(self, include=None, exclude=None):
            return {{"text/html": "{SCRIPT}", "text/plain": "{SCRIPT}"}}


    Rich()
"""
UPDATES = f"""
    from IPython.display import HTML, clear_output, display

    handle = display("nothing", display_id=True)
    handle.update(HTML("{SCRIPT}"))
    clear_output(wait=True)
    print("\\x1b[31m\\x1b]8;;javascript:{ALERT}\\x07{SCRIPT}\\x1b[0m<b>\\x1b[38;2;1;1;1m{IMAGE}")
    get_ipython().display_formatter.active_types += ["text/html"]
    get_ipython().display_formatter.formatters["text/html"].for_type(int, lambda n: "{SCRIPT}")
    1
"""
CELL_MAGICS = f"""
    %%html
    {SCRIPT}
"""
ERRORS = f"""
    class Odd(Exception):
        def _render_traceback_(self):
            return ["{SCRIPT}", "\\x1b[31m{IMAGE}"]


    Odd.__name__ = Odd.__qualname__ = "{SCRIPT}"
    raise Odd("{SCRIPT}")
"""
IN_A_FUNCTION = f"""
    def rnn_cell_forward(*arguments):
        raise type("{IMAGE}", (Exception,), {{}})("{SCRIPT}")
"""
IN_A_RESULT = f"""
    def rnn_cell_forward(*arguments):
        return type("{IMAGE}", (), {{}})(), {{"{SCRIPT}": 0}}, "{SCRIPT}"
"""
FORGED = f"""
    def forge(value):
        if "outputs" in value:
            bundle = {{"text/html": "{SCRIPT}", "{SCRIPT}": "{SCRIPT}", "image/png": "{SCRIPT}"}}
            error = {{"ename": "{SCRIPT}", "evalue": "{SCRIPT}", "traceback": ["{SCRIPT}"]}}
            value["outputs"] = [
                {{"output_type": "display_data", "data": bundle, "metadata": bundle}},
                {{"output_type": "error", **error, "data": bundle}},
                {{"output_type": "stream", "name": "{SCRIPT}", "text": "{SCRIPT}"}},
            ]
"""


def _text_cells(nb):
    """Text, raw text, headings and attachments; nbconvert puts raw text into a page as it is."""
    for text in (SCRIPT, IMAGE, FRAME, f"# {SCRIPT}", f"<style>@import '{MARK}'</style>"):
        nb.cells.append(nbformat.v4.new_markdown_cell(text))
        nb.cells.append(nbformat.v4.new_raw_cell(text))
        nb.cells[-1].metadata["raw_mimetype"] = "text/html"
    link = f'[x](javascript:{ALERT}) ![x](x"onerror="{ALERT}) <svg onload={ALERT}>'
    nb.cells.append(nbformat.v4.new_markdown_cell(link))
    nb.cells[-1]["attachments"] = {"x": {"text/html": SCRIPT}}


def _sources(nb):
    """In code, in names, in the metadata of the notebook."""
    nb.cells.append(nbformat.v4.new_code_cell(f"# </pre></div>{SCRIPT}\n'{IMAGE}'"))
    nb.cells[-1].metadata = {"tags": [SCRIPT], "name": SCRIPT}
    nb.cells.append(nbformat.v4.new_markdown_cell("x", id="x"))
    nb.metadata |= {"title": SCRIPT, "authors": [{"name": SCRIPT}], "widgets": {SCRIPT: SCRIPT}}
    nb.metadata["language_info"] = {"name": SCRIPT, "pygments_lexer": SCRIPT}


ATTACKS = [
    Attack("script-in-displays", "readers", after=DISPLAYS),
    Attack("script-in-bundles", "readers", after=BUNDLES),
    Attack("script-in-representations", "readers", after=REPRESENTATIONS),
    Attack("script-in-updates", "readers", after=UPDATES),
    Attack("script-by-magic", "readers", after=CELL_MAGICS),
    Attack("script-in-errors", "readers", after=ERRORS),
    Attack("script-in-text-cells", "readers", edit=_text_cells),
    Attack("script-in-sources", "readers", edit=_sources),
    Attack("script-forged", "readers", before=FORGE, after=FORGED),
    Attack(
        "script-in-what-is-raised",
        "readers",
        cells={"rnn_cell_forward": IN_A_FUNCTION},
        score=92,
        status={"rnn_cell_forward": "raised"},
    ),
    Attack("script-in-a-result", "readers", cells={"rnn_cell_forward": IN_A_RESULT}, score=92),
]


def test_what_others_read_holds_nothing_that_runs(attack, batch):
    """Text and pictures alone come out; and what a student wrote stays text."""
    batch.check(attack)
