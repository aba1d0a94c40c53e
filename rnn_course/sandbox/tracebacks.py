"""Makes IPython's tracebacks of cells in half the time, and not a character otherwise.

Each of these is made anew for each traceback, or frame, and comes out the same every time.
"""

import inspect
from functools import cache, wraps
from types import CodeType, FrameType

import pygments.formatters.terminal256 as terminal
import pygments.lexer
import stack_data.core

CELL = "<ipython-input"


def hasten() -> None:
    """Remember, in this process, what tracebacks have in common."""
    lexers = pygments.lexer.RegexLexerMeta
    lexers.process_tokendef = _knowing_bases(lexers.process_tokendef)
    terminal.Terminal256Formatter = cache(terminal.Terminal256Formatter)
    stack_data.style_with_executing_node = cache(stack_data.style_with_executing_node)
    inspect.getmodule = _knowing_cells(inspect.getmodule)
    stack_data.core._pygmented_with_ranges = _once(stack_data.core._pygmented_with_ranges)


def _knowing_bases(process_tokendef):
    """stack_data derives a lexer for each frame, whose rules pygments works out anew."""

    @wraps(process_tokendef)
    def rules(lexer, name, tokendefs=None):
        base = lexer.__base__
        if "tokens" not in vars(lexer) and "_tokens" in vars(base):
            return base._tokens
        return process_tokendef(lexer, name, tokendefs)

    return rules


def _knowing_cells(getmodule):
    """inspect.getmodule goes through all modules there are to find that a cell is in none."""

    @wraps(getmodule)
    def module_of(thing, _filename=None):
        code = thing.f_code if isinstance(thing, FrameType) else thing
        in_cell = isinstance(code, CodeType) and code.co_filename.startswith(CELL)
        return None if in_cell else getmodule(thing, _filename)

    return module_of


def _once(coloured):
    """The same line of a function may be in the traceback of several cells."""
    remembered = cache(lambda formatter, code, ranges: coloured(formatter, code, list(ranges)))

    @wraps(coloured)
    def lines(formatter, code, ranges):
        return list(remembered(formatter, code, tuple(ranges)))

    return lines
