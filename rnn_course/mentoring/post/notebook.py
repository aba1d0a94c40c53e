"""A notebook pasted as the JSON of its file: the texts of its cells, as a post would give them."""

import json
from typing import Any, NamedTuple

LARGEST = 10_000_000  # characters


class Texts(NamedTuple):
    """All that a reader of the notebook sees, and what of it is code."""

    all: str
    code: str


def texts_of(text: str) -> Texts:
    """The texts of a pasted notebook; any other text is its own, and code may be anywhere in it."""
    try:
        data = json.loads(text) if text.lstrip()[:1] == "{" and len(text) < LARGEST else None
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or not {"cells", "worksheets"} & data.keys():
        return Texts(text, text)
    sheets = [data, *_tables(data.get("worksheets"))]  # those are of notebooks before version 4
    cells = [cell for sheet in sheets for cell in _tables(sheet.get("cells"))]
    told, code = [], []
    for cell in cells:
        source = _text(cell.get("source")) or _text(cell.get("input"))
        told += [
            source,
            *(said for output in _tables(cell.get("outputs")) for said in _said(output)),
        ]
        code += [source] if cell.get("cell_type") == "code" else []
    return Texts("\n\n".join(told), "\n\n".join(code))


def _said(output: dict[str, Any]) -> list[str]:
    """What an output shows as text."""
    (data,) = _tables([output.get("data")]) or [{}]
    traceback = output.get("traceback")
    told = [output.get("text"), data.get("text/plain")]
    if isinstance(traceback, list):
        told += ["Traceback", *traceback, f"{output.get('ename')}: {output.get('evalue')}"]
    return [_text(said) for said in told if said]


def _tables(value: Any) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    """One text of a notebook, which may be a list of its lines."""
    lines = value if isinstance(value, list) else [value]
    return "".join(line for line in lines if isinstance(line, str))
