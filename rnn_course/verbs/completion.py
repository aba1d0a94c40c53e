"""What a shell offers for the words of a command: names from the course's folder and its tables.

The tables are read as they stand where they alone tell: a person waits for the answer.
"""

from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any


def assignments(context, parameter, incomplete: str) -> list[str]:
    """Those that the course has a source of; a student's folder has the release alone."""
    return _starting(incomplete, _folders(context, "source") or _folders(context, "release"))


def submitted(context, parameter, incomplete: str) -> list[str]:
    """The students who have handed something in."""
    return _starting(incomplete, _folders(context, "submitted"))


def members(context, parameter, incomplete: str) -> list[str]:
    """The demo's made-up students."""
    mistakes = (row for row in _rows("mistakes", "mistake") if row.get("seed"))
    seeds = (f"seed-{row['seed']}-{row['name']}" for row in mistakes)
    return _starting(incomplete, [*(row["student"] for row in _rows("cohort", "member")), *seeds])


def mistakes(context, parameter, incomplete: str) -> list[str]:
    """The mistakes that can be reproduced."""
    from ..mentoring.printed import MISTAKES

    return _starting(incomplete, MISTAKES)


def functions(context, parameter, incomplete: str) -> list[str]:
    """Those that have a mistake in the catalogue."""
    return _starting(incomplete, (row["function"] for row in _rows("mistakes", "mistake")))


def _starting(incomplete: str, names: Iterable[str]) -> list[str]:
    return [name for name in dict.fromkeys(names) if name.startswith(incomplete)]


def _folders(context, step: str) -> list[str]:
    course = context.params.get("course", Path())  # None, if that is no course
    folders = (course / step).glob("[!.]*/") if course else ()
    return sorted(path.name for path in folders if path.is_dir())


def _rows(table: str, kind: str) -> Iterator[dict[str, Any]]:
    import tomllib

    for folder in sorted((files("rnn_course") / "subject").iterdir(), key=lambda f: f.name):
        file = folder / f"{table}.toml"
        if file.is_file():
            yield from tomllib.loads(file.read_text("utf-8")).get(kind, ())
