"""A diagnosis as one page of HTML that needs nothing else: no script, no network.

Everything that may come from a post is escaped. Colours and shapes are in page.css.
"""

import re
from collections import Counter
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache
from html import escape
from importlib.resources import files

from ..cells import chain
from ..diagnosis import Compared, Diagnosis, Explanation, Found, FoundMistake
from ..explain.naming import listed
from .drawing import GATES, MEANINGS, SIGNS, drawing, seen

TITLE = "A diagnosis of printed numbers"
VERDICTS = {
    Found.RIGHT: ("good", "✓", "Every reported value is right."),
    Found.RIGHT_OLD: ("good", "✓", "Every reported value is right, for the OLD edition."),
    Found.OLD_NUMBERS: (
        *("open", "!"),
        "These are the numbers that the OLD edition printed as expected. They are not gradients.",
    ),
    Found.EXPLAINED: ("bad", "✗", "Wrong, and explained:"),
    Found.UNEXPLAINED: ("open", "?", "Wrong, and not explained."),
    Found.UNREADABLE: ("open", "?", "No printed values of a known function were found."),
}
RUNGS = ("where to look", "what to compare", "the fact itself")


class Page:
    """A diagnosis to be looked at: a file's text as .html, or inline in a notebook."""

    def __init__(self, diagnosis: Diagnosis, title: str = TITLE):
        self.diagnosis = diagnosis
        self.title = title

    @property
    def html(self) -> str:
        """The whole page."""
        return page(self.diagnosis, self.title)

    def _repr_html_(self) -> str:
        return fragment(self.diagnosis, self.title)

    def __repr__(self) -> str:
        return f"<Page: {self.diagnosis.function}, {self.diagnosis.verdict}>"


def page(diagnosis: Diagnosis, title: str = TITLE, others: Iterable[Diagnosis] = ()) -> str:
    """The diagnosis, and perhaps others below it, as a self-contained page."""
    parts = "".join(fragment(one, title) for one in (diagnosis, *others))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title></head>"
        f'<body style="margin: 0">{parts}</body></html>\n'
    )


def fragment(diagnosis: Diagnosis, title: str = TITLE) -> str:
    """The same as a part of a page that has others."""
    return f'<style>{_style()}</style><main class="diagnosis">{content(diagnosis, title)}</main>'


def content(diagnosis: Diagnosis, title: str = TITLE) -> str:
    """The same without its styles: for an element of class diagnosis, beside page.css."""
    parts = [
        _head(diagnosis, title),
        *map(_explanation, diagnosis.explanations),
        _computation(diagnosis),
        _observations(diagnosis.observations),
    ]
    return "".join(parts)


@cache
def _style() -> str:
    return files(__package__).joinpath("page.css").read_text("utf-8")


def _code(text: str) -> str:
    return f"<code>{escape(text)}</code>"


def _head(diagnosis: Diagnosis, title: str) -> str:
    look, sign, words = VERDICTS[diagnosis.verdict]
    if diagnosis.verdict is Found.EXPLAINED and diagnosis.explanations:
        words += f" {_blamed(diagnosis.explanations[0])}"
    matching = sum(compared.matches for compared in diagnosis.observations)
    total = len(diagnosis.observations)
    facts = [f"{matching} of {total} reported values match"] * bool(total)
    facts += [f"published numbers: {diagnosis.generation}"] * bool(total and diagnosis.generation)
    facts.append(f"{diagnosis.seconds:.1f} s")
    about = f" <span>in {_code(diagnosis.function)}</span>" * bool(diagnosis.function)
    notes = "".join(f"<p>{escape(note)}</p>" for note in diagnosis.notes)
    return (
        f"<header><h1>{escape(title)}{about}</h1>"
        f'<p class="verdict {look}"><span class="sign" aria-hidden="true">{sign}</span>{words}</p>'
        f'<p class="quiet">{escape(" · ".join(facts))}</p>{notes}</header>'
    )


def _blamed(explanation: Explanation) -> str:
    """How many mistakes there are, and where."""
    counts = Counter(mistake.function for mistake in explanation.mistakes)
    told = [
        f"{count} mistake{'s' * (count != 1)} in {_code(name)}" for name, count in counts.items()
    ]
    return f"{listed(told)}."


def _explanation(explanation: Explanation) -> str:
    count = len(explanation.mistakes)
    head = f"{count} mistake{'s' * (count != 1)}"
    program = "The code that was read"
    if explanation.of:
        head += f" reproduce{'s' * (count == 1)} {explanation.reproduced} of {explanation.of}"
        head, program = f"{head} reported values", "The program that prints these values"
    sources = "".join(
        f"<details><summary>{program}: {_code(function)}</summary>"
        f"<pre>{escape(source)}</pre></details>"
        for function, source in explanation.source.items()
    )
    return (
        f"<section><h2>{head}</h2>{''.join(map(_mistake, explanation.mistakes))}{sources}</section>"
    )


def _mistake(mistake: FoundMistake) -> str:
    was, becomes = _marked(mistake.was, mistake.becomes)
    chips = [f"equation {mistake.equation}"] * bool(mistake.equation)
    chips += [f"catalogue: {mistake.label.rpartition('/')[2]}"] * bool(mistake.label)
    hints = "".join(
        f"<details><summary>Hint {number}: {rung}</summary><p>{_hint(hint)}</p></details>"
        for number, (rung, hint) in enumerate(zip(RUNGS, mistake.hints, strict=True), start=1)
    )
    return (
        f'<article class="mistake"><h3>{_code(mistake.function)}, line {mistake.line} '
        f"{' '.join(map(_chip, chips))}</h3>"
        f"<p>{escape(mistake.why)}</p>"
        f'<dl class="lines"><dt>right</dt><dd><code>{was}</code></dd>'
        f"<dt>written</dt><dd><code>{becomes}</code></dd></dl>{hints}</article>"
    )


def _hint(text: str) -> str:
    """A hint, with its names in backquotes as code."""
    return re.sub(r"(?<!`)`([A-Za-z_]\w*)`(?!`)", r"<code>\1</code>", escape(text))


def _chip(text: str) -> str:
    return f'<span class="chip">{escape(text)}</span>'


def _marked(was: str, becomes: str) -> tuple[str, str]:
    """Both texts with what differs marked; a text that is not there is said to be missing."""
    mine, theirs = (re.findall(r"\w+|\s+|\*\*|.", text, re.DOTALL) for text in (was, becomes))
    sides: tuple[list[str], list[str]] = ([], [])
    for what, i, i_end, j, j_end in SequenceMatcher(None, mine, theirs, False).get_opcodes():
        for side, part, tag in (
            (sides[0], mine[i:i_end], "mark"),
            (sides[1], theirs[j:j_end], "ins"),
        ):
            text = escape("".join(part))
            side.append(f"<{tag}>{text}</{tag}>" if what != "equal" and text else text)
    right, written = ("".join(side) for side in sides)
    return right or "(no such line)", written or "(the line is missing)"


def _computation(diagnosis: Diagnosis) -> str:
    if diagnosis.verdict is Found.UNREADABLE or not diagnosis.states:
        return ""
    figures = "".join(_figure(function, diagnosis) for function in chain(diagnosis.function))
    legend = "".join(
        f'<li class="{state}"><b aria-hidden="true">{SIGNS[state]}</b>{words}</li>'
        for state, words in MEANINGS.items()
    )
    gates = "".join(
        f'<li><svg width="8" height="14" aria-hidden="true"><rect width="4" height="14" rx="2" '
        f'fill="{colour}"/></svg>{gate}</li>'
        for gate, (colour, _) in GATES.items()
    )
    return (
        '<section><h2>The computation</h2><p class="quiet">Each value is made of those above it; '
        "a dotted line goes on to the next step of the loop.</p>"
        f'<ul class="legend">{legend}</ul><ul class="legend">{gates}</ul>{figures}</section>'
    )


def _figure(function: str, diagnosis: Diagnosis) -> str:
    """One function's graph, folded up if the post says nothing of it."""
    graph = drawing(function, diagnosis.states)
    if seen(function, diagnosis.states):
        return f"<figure><figcaption>{_code(function)}</figcaption>{graph}</figure>"
    summary = f"{_code(function)}: nothing of it is seen in the post"
    return f"<figure><details><summary>{summary}</summary>{graph}</details></figure>"


def _observations(observations: tuple[Compared, ...]) -> str:
    if not observations:
        return ""
    return (
        "<section><h2>What the post reports</h2><table><thead><tr><th>value</th><th>reported</th>"
        "<th>expected</th><th>verdict</th></tr></thead><tbody>"
        f"{''.join(map(_observation, observations))}</tbody></table></section>"
    )


def _observation(compared: Compared) -> str:
    state, sign, words = (
        ("right", "✓", "matches") if compared.matches else ("wrong", "✗", "differs")
    )
    seen = compared.observation
    return (
        f'<tr class="{state}"><td>{_code(seen.place)}</td>'
        f'<td data-label="reported">{_code(seen.text)}</td>'
        f'<td data-label="expected">{_code(compared.expected)}</td>'
        f'<td class="sign">{sign} {words}</td></tr>'
    )
