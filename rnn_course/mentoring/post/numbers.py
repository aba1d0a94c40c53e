"""The printed values in a forum text: a place, and the numbers that stand beside it.

Nothing of the text is ever evaluated. Every pattern is linear: repetitions are bounded, or what
they repeat cannot also begin what follows.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape

import numpy as np

DELETED = "\"'＂＇“”„‟‘’‚‛«»`´\\$\u200b\u200c\u200d\u2060\ufeff\u00ad"
PLAIN = str.maketrans(
    {chr(wide): chr(wide - 0xFEE0) for wide in range(0xFF01, 0xFF5F)}  # fullwidth
    | dict.fromkeys(DELETED, "")
    | dict.fromkeys("\f\v\u00a0\u2007\u2009\u200a\u202f\u3000", " ")
    | dict.fromkeys("−–‒﹣-", "-")
    | {"…": "...", "\u2028": "\n", "\u2029": "\n", "\x85": "\n"}
)
TIDY = [  # in this order: tags may stand in the way of bullets, spaces of everything
    (r"\r\n?", "\n"),
    (r"</?(?:tr|br|p|div|li|pre|blockquote|h\d)\b[^<>]{0,999}>", "\n"),
    (r"<t[dh]\b[^<>]{0,999}>", " | "),
    (r"</?[a-zA-Z][^<>]{0,999}>", ""),
    (r"\*\*|\*(?=\S)|(?<=\S)\*", ""),
    (r"\b(?:In|Out) ?\[\d*\] ?:?", ""),
    (r"\b(?:(?:np|numpy)\.)?float(?:64|32)\(([^()\n]{1,60})\)", r"\1"),
    (r"\b(?:(?:np|numpy)\.)?array\(", ""),
    (r"(?<=[\d\]]) ?\t[ \t]*(?=[-.\d]|\[ ?-?\d+\.)", " | "),  # columns of a table
    (r"[ \t]+", " "),
    (r"(?m)^ ?(?:(?:>|[-*•·](?= )) ?)+", ""),
    (r"(?: ?\n)+ ?", "\n"),
]
TIDY_PATTERNS = [(re.compile(pattern), becomes) for pattern, becomes in TIDY]

NUMBER = r"""[-+]?[ ]?(?:\d{1,40}(?:\.\d{0,60})?|\.\d{1,60})(?:e[-+]?\d{1,3})?(?!\w|\.\d|,\d{4})
    (?![ ]?[*/@^%]|[ ]?\+[ ]) | [-+]?(?:nan|inf(?:inity)?)\b"""
WORDS = """about actual are as be but correct equals expected following get gets getting gives got
    have i incorrect instead is it its like looks mine my not of output outputs printed prints
    returns right should shows the these this to value versus vs was wrong yours es est ist"""
FILLER = rf"""(?: =(?!=)>? | : | -{{1,3}}> | → | \| | \b(?:{"|".join(WORDS.split())})\b )"""
PLACE = re.compile(
    rf"""(?<![\w.])
    (?: len[ ]?\([ ]?(?P<counted>[a-z_]\w*)[ ]?\)
      | (?: (?:gradients?|grads?)[ ]?[\[(.][ ]?(?P<key>[a-z_]\w*)(?:[ ]?[\])])?
          | (?P<name>[a-z_]\w*)(?=[ ]?\[[ ]?[-\d]|[ .]{{1,3}}shape|[ ]?[=:|][=:| \n]{{0,4}}\[) )
        (?P<index>(?:[ ]?\[[ ]?[-\d][-\d:, ]{{0,20}}(?:\]|(?=\[)))*)
        (?P<shape>(?:[ ]?\.[ ]?|[ ])shape\b)?
    )
    (?P<told>(?:[ \n]?{FILLER}){{0,8}}[ \n]?)""",
    re.VERBOSE | re.IGNORECASE,
)
NEXT_COLUMN = re.compile(
    rf"[ \n]?[,;(]?(?:[ \n]?{FILLER}){{1,8}}[ \n]?", re.VERBOSE | re.IGNORECASE
)
TOKEN = re.compile(
    rf"""[ \n,;|]{{0,6}}
    (?: (?P<number>{NUMBER})(?P<more>\.\.\.)? | (?P<bracket>[\[\]]) | (?P<cut>\.\.\.) )""",
    re.VERBOSE | re.IGNORECASE,
)
BEHIND = re.compile(r"[^\n\[\]\d]{1,60}?(?P<number>-?\d{1,40}[.,]\d{2,60})(?![\w*/@])")
SHAPE = re.compile(
    r"[(\[] ?(?:\d{1,6}(?: ?, ?\d{1,6}){0,9}(?: ?,)?)? ?[)\]]|\d{1,6}(?: ?, ?\d{1,6}){1,9}"
)
COUNT = re.compile(r"\d{1,6}(?!\w|\.\d)")
DICT = re.compile(r"\{[^{}]{1,20000}\}")
KEY = re.compile(r"(?<=[{,\n ])\w{1,40} ?: ?\[")
WHOLE = re.compile(r"[-+]?\d+(?:\.0)?")
POINT = re.compile(r"(?<![\w.,])\d{1,9}\.\d{4}")
COMMA = re.compile(r"(?<![\w.,])(\d{1,9}),(\d{4,60}(?:e[-+]?\d{1,3})?)(?!\w|[.,]\d)", re.IGNORECASE)
MOST = 2000  # no notebook prints so many values, or so many numbers of one array
NUMPY_DECIMALS = 8
CUT_DECIMALS = range(4, 12)  # of a single number: fewer are rounded by hand, print gives more


@dataclass(frozen=True)
class Printed:
    """One value of a text: its place in pieces, and its numbers as they are written.

    of is "shape" or "len" where not the value itself was printed. shape is None where no brackets
    (or not all) were there to tell it. start is the position in the tidy text.
    """

    name: str
    keyed: bool
    index: tuple[int, ...]
    of: str
    numbers: tuple[str, ...]
    shape: tuple[int, ...] | None
    text: str
    start: int

    @property
    def said(self) -> str:
        """The place as a reader knows it."""
        place = self.name + "".join(f"[{number}]" for number in self.index)
        return {"": place, "shape": f"{place}.shape", "len": f"len({place})"}[self.of]


def tidy(text: str) -> str:
    """The text without quotes, tags, bold, bullets and entities, and with plain spaces.

    Decimal commas become points, unless some numbers have points: then who can tell.
    """
    text = re.sub(r"&#\w{9,}", "", text)  # no character has so long a number
    text = unescape(unescape(text)).translate(PLAIN)
    for pattern, becomes in TIDY_PATTERNS:
        text = pattern.sub(becomes, text)
    return text if POINT.search(text) else COMMA.sub(r"\1.\2", text)


def printed(text: str) -> Iterator[Printed]:
    """The printed values in a tidy text, in order, also several of one place (told | expected)."""
    position = 0
    while match := PLACE.search(text, position):
        position, told = match.end(), match["told"]
        after = match.start("told")
        of = "len" if match["counted"] else "shape" if match["shape"] else ""
        index = _index(match["index"] or "")
        name = match["counted"] or match["key"] or match["name"]
        known = bool(of or match["key"] or match["index"])
        if told and index and (held := DICT.match(text, position)):  # where an array belongs
            count = str(len(KEY.findall(held[0])))
            said = f"a dictionary of {count}"
            yield Printed(name, bool(match["key"]), index, "len", (count,), (), said, match.start())
            after, told = held.end(), ""
        while told and (value := _value(text, position, of, bool(told.strip()), not known)):
            numbers, shape, end = value
            if index is not None:
                said = " ".join(text[position:end].split())
                yield Printed(
                    name, bool(match["key"]), index, of, numbers, shape, said, match.start()
                )
            after = end
            column = NEXT_COLUMN.match(text, end)
            if of or not column:
                break
            position, told = column.end(), " "
        position = after


def skipped(text: str, read: Iterable[Printed]) -> Iterator[Printed]:
    """Places of a tidy text that were not read, but have a number on their line behind words."""
    starts = {value.start for value in read}
    for match in PLACE.finditer(text):
        index = _index(match["index"] or "")
        behind = match.start() not in starts and BEHIND.match(text, match.start("told"))
        if behind and index and not match["shape"]:
            name, said = match["key"] or match["name"], behind["number"]
            yield Printed(name, bool(match["key"]), index, "", (said,), None, said, match.start())


def _index(text: str) -> tuple[int, ...] | None:
    """[1, 2] or [1][2] as numbers; a full slice at the end says nothing; None for other slices."""
    pieces = [piece.strip() for piece in re.split(r"[\[\],]+", text) if piece.strip()]
    while pieces and pieces[-1] == ":":
        pieces.pop()
    try:
        return tuple(int(piece) for piece in pieces)
    except ValueError:
        return None


def _value(text: str, start: int, of: str, explicit: bool, array: bool):
    """(numbers, shape, end) of the value at start, or None.

    After a mere space a whole number is part of a sentence, not a value. With array it must begin
    with a bracket, for x = 3 is a line of code.
    """
    if of:
        match = (SHAPE if of == "shape" else COUNT).match(text, start)
        numbers = tuple(re.findall(r"\d+", match[0])) if match else ()
        return match and (numbers, (len(numbers),) if of == "shape" else (), match.end())
    numbers, brackets, end = _tokens(text, start)
    if not numbers or (array and not brackets.startswith("[")):
        return None
    if not explicit and not re.search(r"[.ni]", numbers[0]):
        return None
    return numbers, _shape(brackets), end


def _tokens(text: str, start: int) -> tuple[tuple[str, ...], str, int]:
    """The numbers at start, the same with brackets ("[[..][..]]"), and where they end."""
    start += text.startswith("(", start)
    numbers: list[str] = []
    layout, depth, end = "", 0, start
    while len(layout) < 3 * MOST and (match := TOKEN.match(text, end)):
        bracket = match["bracket"]
        if layout and not depth and (bracket == "[" or "|" in match[0]):
            break
        end, depth = match.end(), depth + {"[": 1, "]": -1}.get(bracket, 0)
        layout += bracket or ("." if match["number"] else "x")
        if match["number"]:
            numbers.append(match["number"].replace(" ", "") + (match["more"] or ""))
        if depth <= 0 and bracket:
            break
    return tuple(numbers), layout, end


def _shape(layout: str) -> tuple[int, ...] | None:
    """The shape of [[..][..]]; None if brackets are missing, or numbers left out."""
    if not layout.startswith("[") or "x" in layout:
        return None
    stack: list[list] = [[]]
    for mark in layout:
        if mark == "[":
            stack.append([])
        elif mark == ".":
            stack[-1].append(0)
        elif len(stack) > 1:
            inner = stack.pop()
            stack[-1].append(inner)
    if len(stack) > 1 or len(stack[0]) != 1:
        return None
    try:
        return np.array(stack[0][0], float).shape
    except ValueError:
        return None  # rows of unequal length


def number(text: str) -> float:
    """The number as it is written: digits may be left out behind it (-0.2061...)."""
    return float(text.rstrip("."))


def tolerance(numbers: tuple[str, ...], typed: bool = False) -> float:
    """Half a unit of the last decimal place that was printed, a whole one if digits are left out.

    So they may be where a typed number has fewer places than print gives.
    Numpy trims zeros, so the longest entry tells for all; a bare "1." is numpy's and has all its
    places, and a whole number (0.0, 0) is meant exactly. Below 1e-12, machines differ.
    """
    finite = [text for text in numbers if np.isfinite(number(text))]
    cut = any(text.endswith("...") for text in finite)
    texts = [text.removesuffix("...").lower() for text in finite]
    unit = 0.0
    if not all(WHOLE.fullmatch(text) for text in texts):
        split = [text.partition("e") for text in texts]
        places = [len(mantissa.partition(".")[2]) for mantissa, _, _ in split]
        if any(mantissa.endswith(".") for mantissa, _, _ in split):
            places.append(NUMPY_DECIMALS)
        cut |= typed and max(places) in CUT_DECIMALS
        unit = float(f"1e{max(int(power or 0) for _, _, power in split) - max(places)}")
    largest = max((abs(number(text)) for text in finite), default=0.0)
    return max(unit if cut else unit / 2, 1e-12 * max(1.0, largest))
