"""The parts of a forum text that look like Python code of these functions."""

import re

from ...subject.exercises import EXERCISES

NAMES = """a_next c_next a_prev c_prev da_next dc_next da_prev dc_prev da_prevt dc_prevt dxt dx
    da0 dtanh dot dcct dit dft do di df dg dc dWf dWi dWc dWo dWg dbf dbi dbc dbo dWax dWaa dba
    ft it cct ot yt yt_pred y_pred concat gradients cache caches"""
KNOWN = frozenset(NAMES.split())
PREFIX = re.compile(r"[\s>•·*]*(?:[-+] )*[\s>]*")  # quote marks and bullets
INDEX = r"\[(?:[^\[\]=]|\[[^\[\]=]{0,40}\]){0,80}\]"  # x[t] may stand in it
TARGET = rf"[A-Za-z_][\w.]*(?:{INDEX}){{0,3}}"
ASSIGNMENT = re.compile(
    rf"\(?(?P<targets>{TARGET}(?: ?, ?{TARGET}){{0,20}}),?\)?"
    r" ?(?P<more>[-+*/|]?)=(?!=) ?(?P<value>\S.*)"
)
KEYWORD = re.compile(
    r"""def[ ]+\w+[ ]?\( | (?:for|while|if|elif|with)[ ].*:(?:\s*\#.*)?$ | (?:else|try)[ ]?:
    | return\b | import[ ]\w | from[ ][\w.]+[ ]import[ ] | @\w""",
    re.VERBOSE,
)
CALL = re.compile(r"[A-Za-z_][\w.]*\(.*\)$")
NAME = re.compile(r"[A-Za-z_]\w*")
PRINTED = frozenset({"e", "E", "nan", "inf", "array", "np", "float64", "dtype"})
PROSE = re.compile(  # a number and a word, or three words in a row
    r"^[\s\[(]*[-+−]?[\d.]+\]?[\s,]+(?!if\b|for\b)[A-Za-z]"
    r"|(?:\b(?!(?:for|in|if|else|and|or|not|is|lambda)\b)[A-Za-z]+ ){2}[A-Za-z]"
)
STRING = re.compile(r"""["“”'‘’][^"“”'‘’]{0,200}["“”'‘’]""")
FILLER = re.compile(r"$|#|\{\*")  # between lines of code; also where a moderator cut
PLACE = re.compile(r"\[ ?\d|shape")
QUOTES = re.compile("\"\"\"|'''|“””|”””|“““")
HEAD = re.compile(rf"def (?:{'|'.join(EXERCISES)}) ?\(")
LONGEST = 2000  # characters of a line of code


def code_of(text: str) -> str:
    """The blocks of code in the text, from first to last line as they stand; '' if none."""
    blocks: list[list[str]] = []
    block: list[str] = []
    end = depth = 0  # what of the block is code for certain; open brackets
    quoted = False
    for raw in [*text.splitlines(), "."]:
        line = _stripped(raw)
        quotes = len(QUOTES.findall(line))
        quoted = quoted and not line.startswith("def ")  # its end was lost
        prose = quoted or not line
        starts = not prose and (bool(KEYWORD.match(line)) or _known(line))
        goes_on = not prose and (bool(depth or CALL.match(line)) or _assigns(line))
        if starts or goes_on:
            block.append(raw)
            end = len(block)
            depth = max(0, (0 if starts else depth) + _opened(line))
        elif block and (quoted or quotes or FILLER.match(line) or _sets(line)):
            block.append(raw)
            depth = 0  # a bracket that is never closed
        else:
            blocks.append(block[:end])
            block, end, quoted = [], 0, False
            continue
        quoted ^= bool(quotes % 2)
    return "\n".join("\n".join(lines) for lines in blocks if _ours([*map(_stripped, lines)]))


def _ours(lines: list[str]) -> bool:
    """Whether a block is about the eight functions: it assigns to a name of theirs, or is one."""
    defined = any(HEAD.match(line) for line in lines)
    body = any(KEYWORD.match(line) and not line.startswith("def ") for line in lines)
    return (defined and body) or any(map(_known, lines))


def _stripped(raw: str) -> str:
    """The line without what a forum puts before it; no line of code is endless."""
    return PREFIX.sub("", raw, count=1).rstrip() if len(raw) < LONGEST else "."


def _assigns(line: str) -> bool:
    """Whether it is an assignment of Python, not a printed value or a sentence."""
    match = ASSIGNMENT.match(line)
    if not match:
        return False
    value = _bare(match["value"])
    if value.endswith(("(", "{", "\\")):
        return True  # it goes on in the next line
    return not (set(NAME.findall(value)) <= PRINTED or PROSE.search(value))


def _sets(line: str) -> bool:
    """Whether it gives a number to a variable, which in the midst of code is code."""
    match = ASSIGNMENT.match(line)
    return match is not None and not (PLACE.search(match["targets"]) and not match["more"])


def _bare(line: str) -> str:
    """The line without strings and comment."""
    return STRING.sub("0", line).partition("#")[0]


def _opened(line: str) -> int:
    """How many more brackets the line opens than it closes."""
    bare = _bare(line)
    return sum(map(bare.count, "([{")) - sum(map(bare.count, ")]}"))


def _known(line: str) -> bool:
    return not KNOWN.isdisjoint(NAME.findall(line)) and _assigns(line)
