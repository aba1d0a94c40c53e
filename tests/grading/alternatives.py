"""Right functions, written otherwise than the course writes them: each has to get full points.

ALTERNATIVES is a list of (function, label, source). A source may use np, sigmoid, softmax and
the other functions of both assignments in their published form.
"""

import re
from pathlib import Path

LABEL = re.compile(r"^# (\w+): (.+)$", re.MULTILINE)


def _read(part: str) -> list[tuple[str, str, str]]:
    """The functions in a file, each below its line '# function: label'."""
    text = Path(__file__).with_name(f"alternatives_{part}.py").read_text()
    _, *pieces = LABEL.split(text[text.index("import numpy") :])
    return list(zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True))


ALTERNATIVES = _read("forward") + _read("backward") + _read("language")
