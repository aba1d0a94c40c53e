"""mentoring/notebook: the JSON of a notebook that was pasted raw."""

import json

import nbformat.v4 as v4
import pytest

from rnn_course.mentoring.post.notebook import Texts, texts_of
from rnn_course.mentoring.post.post import read

CODE = "dot = da_next * np.tanh(c_next) * ot\ndit = dc_next * cct * it * (1 - it)"
OUTPUTS = [
    v4.new_output("stream", text=["dWf[3][1] =\n", "-0.25\n"]),
    v4.new_output("execute_result", data={"text/plain": "'dbf[4] = [0.5]'"}),
    v4.new_output("error", ename="KeyError", evalue="'dWo'", traceback=["line 1", "line 2"]),
]
CELLS = [v4.new_markdown_cell("lstm_cell_backward"), v4.new_code_cell(CODE, outputs=OUTPUTS)]


@pytest.mark.parametrize("nest", [lambda cells: {"cells": cells}, lambda cells: {"worksheets": [{
    "cells": cells}]}])  # fmt: skip
def test_cells_are_read_as_a_post(nest):
    """Values come from outputs, code from code cells, in new notebooks and old ones."""
    post = read(json.dumps(nest(CELLS), indent=1))
    (run,) = post.runs
    assert [seen.text for seen in run.observations] == ["-0.25", "[0.5]", "KeyError: 'dWo'"]
    assert post.code == CODE


@pytest.mark.parametrize(
    "text",
    ["", "dWf[3][1] = 0.5", '{"cells": [', '{"a": 1}', '{"a":' * 100_000, "[1]", '{"a": 1e9}'],
    ids=len,
)
def test_any_other_text_is_its_own(text):
    """Also what begins as JSON and is none, or is nested too deep."""
    assert texts_of(text) == Texts(text, text)


@pytest.mark.parametrize("cells", [None, 3, [3], [{}], [{"source": 3, "outputs": [{"data": []}]}]])
def test_a_strange_notebook_is_survived(cells):
    """Whatever is not as it should be has no text."""
    assert not "".join(texts_of(json.dumps({"cells": cells}))).strip()
