"""What posts report: exercises whose published cells print, their taught form, their mistakes."""

from rnn_published import PUBLISHED

from ..subject import exercises, mistakes, published

EXERCISES = {name: one for name, one in exercises.EXERCISES.items() if PUBLISHED[name].lines}
SOURCE = {name: text for name, text in published.SOURCE.items() if name in EXERCISES}
MISTAKES = {label: row for label, row in mistakes.MISTAKES.items() if row.function in EXERCISES}
