"""The instant checks: a student's function run alone, and in words what is wrong with it.

They know no solution: they compare with published numbers, with shapes, and with the student's
own arguments and outputs. Students import them from rnn_utils.
"""

import contextlib
import copy
import sys
import textwrap
import traceback
import types

import numpy as np

from rnn_published import (
    OTHER_SIZES,
    PUBLISHED,
    draw_names,
    named_outputs,
    output_names,
    printed_values,
    published_inputs,
    random_inputs,
    returns_dictionary,
    shapes_of,
)


def _is_data(value, depth=3, numbers=(np.ndarray, np.number, int, float, complex)):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple, set, frozenset)):
        return depth == 0 or any(_is_data(item, depth - 1) for item in value)
    return isinstance(value, numbers) and not isinstance(value, bool)


def alone(function, **replacements):
    """The function with the notebook's arrays, numbers and dictionaries out of its sight.

    A function that reads a variable some earlier cell left behind then raises NameError.
    replacements are other functions to call, by name, in the place of the notebook's.
    """
    if not isinstance(function, types.FunctionType):
        return function
    notebook, visible = function.__globals__, {}
    aliases = {id(notebook[name]): name for name in replacements if name in notebook}

    def rebind(f):
        bound = types.FunctionType(f.__code__, visible, f.__name__, f.__defaults__, f.__closure__)
        bound.__kwdefaults__ = f.__kwdefaults__
        return bound

    for key, value in notebook.items():
        if id(value) in aliases:
            visible[key] = replacements[aliases[id(value)]]
        elif isinstance(value, types.FunctionType) and value.__globals__ is notebook:
            visible[key] = rebind(value)
        elif key.startswith("__") or not _is_data(value):
            visible[key] = value
    visible |= replacements
    return rebind(function)


def explain_error(error, function):
    """One sentence on an exception that a function raised: what, and in which line of whose."""
    words = traceback.format_exception_only(error)[-1].strip()[:400]
    if isinstance(error, NameError):
        words += " (not assigned in the function; what a cell left behind is hidden from it)"
    notebook = getattr(function, "__globals__", {})
    functions = (f for f in notebook.values() if isinstance(f, types.FunctionType))
    cells = {f.__code__.co_filename for f in functions if f.__globals__ is notebook}
    own = [f for f in traceback.extract_tb(error.__traceback__) if f.filename in cells and f.line]
    if own:
        words += f"\n  in the line: {own[-1].line.strip()[:120]}"
        if own[-1].name != function.__name__:
            words += f"\n  of {own[-1].name}"
    return words


# --- instant checks ------------------------------------------------------------------------


class CheckFailed(AssertionError):
    """What a check has to say; in a notebook only the words are shown, no traceback."""

    def _render_traceback_(self):
        lines = str(self).splitlines()  # nbgrader validate cuts them off behind column 83
        return ["\n".join(textwrap.fill(line, 83) for line in lines)]


class NotRun:
    """Stands for a function whose cell did not run; called, it says why."""

    def __init__(self, name, why):
        self.__name__, self.words = name, f"{name}: {why}"

    def __call__(self, *arguments, **options):
        """Raises CheckFailed."""
        raise CheckFailed(self.words)


def check(function, forward=None):
    """Check an exercise on the published inputs and say in words what is wrong, if anything.

    function is one that an exercise asks for; a backward function also needs the forward function
    whose caches it reads. On inputs of other sizes only the form is checked. Raises CheckFailed.
    """
    name = getattr(function, "__name__", "")
    if name not in PUBLISHED:
        raise CheckFailed("check needs a function of an exercise, under its own name.")
    if forward is None and name.endswith("backward"):
        raise CheckFailed(
            f"{name} reads caches: write check({name}, forward=…) with what makes them."
        )
    # nbgrader's Validate takes text on stderr, as of a warning, for a failure.
    with contextlib.redirect_stderr(sys.stdout):
        if forward is not None:
            _check_forward(function, forward)
        _check_cases(function, forward)
    print(f"{name}: right on the published inputs, and the shapes fit at other sizes.")


def _check_cases(function, forward):
    name, public = function.__name__, PUBLISHED[function.__name__]
    for sizes, lines in [(public.sizes, public.lines + public.also), *public.second]:
        _check_call(function, forward, published_inputs(name, sizes), sizes, lines)
    for sizes in OTHER_SIZES:
        _check_call(function, forward, random_inputs(name, **sizes), sizes | {"T_da": sizes["T_x"]})


def _check_forward(function, forward):
    """A backward function reads the caches of forward, so that one has to be right."""
    name = function.__name__
    public = PUBLISHED[forward.__name__]
    lines, inputs = public.lines + public.also, published_inputs(forward.__name__)
    try:
        _check_call(forward, None, inputs, public.sizes, lines)
    except CheckFailed as error:
        _check_begun(function)
        state = "is not done yet" if "not done yet" in str(error) else "is not right yet"
        raise CheckFailed(
            f"{name} needs {forward.__name__}, and that {state}: see its own check."
        ) from None


def _check_begun(function):
    """Say what can be said of a function without calling it."""
    if isinstance(function, NotRun):
        raise CheckFailed(function.words)
    code = getattr(function, "__code__", None)
    if "NotImplementedError" in getattr(code, "co_names", ()):
        raise CheckFailed(f"{function.__name__}: not done yet.")


def _check_call(function, forward, inputs, sizes, lines=()):
    name = function.__name__
    if forward is not None:
        inputs = _backward_inputs(inputs, forward)
    given = copy.deepcopy(inputs)
    outputs = _call(function, inputs, name)
    _check_form(name, outputs)
    _check_shapes(name, outputs, sizes)
    _check_numbers(name, outputs, lines)
    if PUBLISHED[name].cache and not returns_dictionary(name):
        _check_caches(name, given, outputs)
    if not same(inputs, given):
        raise CheckFailed(
            f"{name} changes its arguments: use = instead of += and the like on them."
        )
    if not same(_call(function, given, name), outputs):
        raise CheckFailed(f"{name}: a second call with the same arguments gives other results.")


def _call(function, inputs, name):
    try:
        return alone(function)(*inputs)
    except NotImplementedError as error:
        raise CheckFailed(f"{undone(error)}: not done yet.") from None
    except CheckFailed:  # of a function that it calls, and whose cell did not run
        raise
    except KeyboardInterrupt:
        raise CheckFailed(f"{name} was stopped before its end: does each loop in it end?") from None
    except Exception as error:
        raise CheckFailed(f"{name} raised {explain_error(error, function)}") from None


def undone(error):
    """The name of the function that is still a stub, from what it raised."""
    return traceback.extract_tb(error.__traceback__)[-1].name


def _backward_inputs(inputs, forward):
    """The arguments of a backward function: upstream gradients, and the caches of forward."""
    taken = len(draw_names(forward.__name__))
    return (*inputs[taken:], _call(forward, inputs[:taken], forward.__name__)[-1])


def _check_form(name, outputs):
    wanted = output_names(name)
    if returns_dictionary(name):
        missing = [key for key in wanted if not isinstance(outputs, dict) or key not in outputs]
        if missing:
            raise CheckFailed(f"{name} should return a dictionary; it lacks {', '.join(missing)}.")
    elif not named_outputs(name, outputs):
        raise CheckFailed(f"{name} should return {len(wanted)} values: {', '.join(wanted)}.")
    elif wanted[-1] == "caches" and not (
        isinstance(outputs[-1], (tuple, list)) and len(outputs[-1]) == 2
    ):
        raise CheckFailed(f"{name}: caches should be (list of one cache per step, x).")


def _check_shapes(name, outputs, sizes):
    named = named_outputs(name, outputs)
    for key, shape in shapes_of(PUBLISHED[name].outputs, sizes).items():
        if shape is None:
            continue
        mine = _array(name, key, named[key])
        if mine.shape != shape:
            raise CheckFailed(f"{name}: {key} has shape {mine.shape}, expected {shape}.")
        if not np.isfinite(mine).all():
            raise CheckFailed(f"{name}: {key} holds nan or infinity.")


def _array(name, key, value):
    number = isinstance(value, (np.ndarray, np.number, int, float))
    if number and np.asarray(value).dtype.kind in "fiub":
        return np.asarray(value, float)
    raise CheckFailed(f"{name}: {key} is no array of numbers.")


def _check_numbers(name, outputs, lines):
    try:
        values = list(printed_values(name, outputs, lines))
    except (IndexError, TypeError, KeyError):
        raise CheckFailed(f"{name}: the caches are not built as the text above says.") from None
    for label, value, expected in values:
        if expected.startswith("("):
            continue
        mine = np.ravel(_array(name, label.strip(), value))
        numbers = np.array(expected.split(), float)
        if mine.shape != numbers.shape:
            raise CheckFailed(
                f"{name}: {label.strip()} has {mine.size} numbers, not {numbers.size}."
            )
        wrong = ~(np.abs(mine - numbers) <= 1e-6 * (1 + np.abs(numbers)))
        if wrong.any():
            k = int(np.argmax(wrong))
            place = label.partition(" =")[0] + (f"[{k}]" if numbers.size > 1 else "")
            some = f"\n{int(wrong.sum())} of {wrong.size} numbers there differ."
            raise CheckFailed(
                f"{name}: {place} is not right.\n  yours     {mine[k]:.8f}\n"
                f"  expected  {numbers[k]:.8f}{some if wrong.size > 1 else ''}"
            )


def _check_caches(name, inputs, outputs):
    """Compare the cached arrays with the arguments and outputs that they should repeat."""
    fields = PUBLISHED[name].cache
    given, named = dict(zip(draw_names(name), inputs, strict=True)), named_outputs(name, outputs)
    if "cache" in named:
        _check_cache(name, "cache", named["cache"], fields, given | named)
        return
    x, steps = given["x"], named["caches"][0]
    if not isinstance(steps, (list, tuple)) or len(steps) != x.shape[-1]:
        raise CheckFailed(f"{name}: caches should be (list of one cache per step, x).")
    before = {"a": given["a0"], "c": given.get("c0", np.zeros_like(given["a0"]))}
    for t in range(x.shape[-1]):
        known = {"xt": x[..., t], "parameters": given["parameters"]}
        for key in before.keys() & named.keys():
            known |= {f"{key}_prev": before[key], f"{key}_next": named[key][:, :, t]}
            before[key] = named[key][:, :, t]
        _check_cache(name, f"caches[0][{t}]", steps[t], fields, known)


def _check_cache(name, label, cache, fields, known):
    if not isinstance(cache, (tuple, list)) or len(cache) != len(fields):
        raise CheckFailed(
            f"{name}: {label} should be a tuple of {len(fields)}: {', '.join(fields)}."
        )
    for position, field in enumerate(fields):
        if field in known and not same(cache[position], known[field]):
            raise CheckFailed(
                f"{name}: {label}[{position}] should hold {field}, but other numbers are in it now."
                " If they were right when you stored them, something overwrote them since."
            )


def same(one, other):
    """Whether two nested tuples, lists or dictionaries of arrays hold equal numbers."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[k], other[k]) for k in one)
    if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, str) or isinstance(other, str):
        return isinstance(one, type(other)) and one == other
    return np.shape(one) == np.shape(other) and np.allclose(one, other, 1e-9, 1e-12, equal_nan=True)
