"""The relative errors of gradient checks in a post."""

import re
from dataclasses import dataclass

NAME = r"d(?:[UW][a-z]{1,2}|V|b[a-z]|xt?|a0|c0|[ac]_prev)"
NUMBER = r"(?:\d+\.?\d*(?:e[-+]?\d+)?|nan|inf)"
# dWf (5, 8) relative error 3.2e-01; or, where these words stand, {'dWf': 0.32, …} and dWf 0.32
WORDS = r"\brel(?:ative|\.)?[ _]?err(?:or|\.)?s?"
LINE = re.compile(rf"\b({NAME})\b[^\n]{{0,30}}?{WORDS}(?:\W{{0,9}}| of | is )({NUMBER})", re.I)
ITEM = re.compile(rf"(?:^|[{{,|])\W{{0,5}}({NAME})['\"]?(?: *[:|] *| +)({NUMBER})(?![\w.])", re.M)
MOST = 20  # checks of one post


@dataclass(frozen=True)
class RelativeError:
    """One line of a check: the gradient's name, what was printed, and half its last digit."""

    name: str
    text: str

    @property
    def value(self) -> float:
        """The number."""
        return float(self.text)

    @property
    def tolerance(self) -> float:
        """Half a unit of the last printed digit, and a little for rounding."""
        digits, _, exponent = self.text.lower().partition("e")
        decimals = len(digits.partition(".")[2])
        return 0.51 * 10.0 ** (int(exponent or 0) - decimals)


Check = tuple[RelativeError, ...]


def checks_of(text: str) -> list[Check]:
    """The checks in the order of the text; a name that comes again begins another one."""
    checks: list[dict[str, RelativeError]] = [{}]
    told = LINE.findall(text)
    if not told and re.search(WORDS, text, re.I):
        told = ITEM.findall(text)
    for name, number in told:
        if name in checks[-1]:
            checks.append({})
        checks[-1][name] = RelativeError(name, number.lower())
    return [tuple(check.values()) for check in checks if check][:MOST]


def without(text: str) -> str:
    """The text without the lines of checks: their numbers are no values of gradients."""
    return "\n".join(line for line in text.split("\n") if not LINE.search(line))
