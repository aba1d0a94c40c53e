"""sandbox/wire: what goes in comes out, and nothing else gets through."""

import base64
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from rnn_course.sandbox import wire
from rnn_course.sandbox.wire import Other, WireError, decode, encode

MODEST = settings(max_examples=50, deadline=None, database=None, derandomize=True)
numbers = (
    arrays(float, array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
    | arrays(np.int64, array_shapes(max_side=3), elements=st.integers(-(2**50), 2**50))
    | arrays(bool, array_shapes(max_side=3))
    | st.floats()
    | st.integers(-(2**50), 2**50)
    | st.booleans()
)
trees = st.recursive(
    numbers | st.none() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
NUMBER = base64.b64encode(np.ones(1).tobytes()).decode()


def assert_same(out, value):
    """What came out is what went in, numbers as float64 or int64 arrays of the same shape."""
    if value is None or isinstance(value, str):
        assert type(out) is type(value)
        assert out == value
    elif isinstance(value, dict):
        assert list(out) == list(value)
        for key in value:
            assert_same(out[key], value[key])
    elif isinstance(value, (tuple, list)):
        assert type(out) is type(value)
        assert len(out) == len(value)
        for pair in zip(out, value, strict=True):
            assert_same(*pair)
    else:
        assert out.dtype == (np.int64 if np.asarray(value).dtype.kind in "iu" else np.float64)
        assert out.shape == np.shape(value)
        assert np.array_equal(out, np.asarray(value, float), equal_nan=True)
        assert not out.flags.writeable


def container(tree=None, shapes=(), numbers="", **more):
    """The text of a container, whatever its parts are."""
    return json.dumps({"shapes": shapes, "numbers": numbers, "tree": tree} | more)


def with_whole(value, whole=(0,)):
    """A container of one number that says it is whole."""
    number = base64.b64encode(np.array([float(value)]).tobytes()).decode()
    return container(0, [[1]], number, whole=whole)


# --- there and back ------------------------------------------------------------------------


@MODEST
@given(trees)
def test_every_tree_of_numbers_and_texts_comes_back(value):
    """Tuples stay tuples, lists lists, dictionaries keep their order, numbers their bits."""
    assert_same(decode(encode(value)), value)


@pytest.mark.parametrize(
    "array",
    [
        np.float32([[1.5, -2.0]]),
        np.arange(6).reshape(2, 3).T,
        np.array([True, False]),
        np.array(2.5),
        np.zeros((0, 3)),
        np.float64(7),
        np.ones((2, 3, 4))[:, ::2, ::-1],
        np.arange(3, dtype=">f8"),
        np.uint8([255]),
    ],
)
def test_arrays_of_every_kind_of_number_and_memory_come_back(array):
    """float32, integers, booleans, views, other byte orders, no axis and no entry."""
    assert_same(decode(encode(array)), array)


def test_a_whole_number_too_large_for_a_float_travels_as_the_nearest_one():
    """A token is never so large; what is, is a result, and is compared as a number."""
    out = decode(encode(np.array([2**53, -(2**62)])))
    assert out.dtype == np.float64
    assert out.tolist() == [2.0**53, -(2.0**62)]


def test_an_array_that_is_named_whole_a_million_times_is_looked_at_once():
    """Else a short text would cost the judge minutes."""
    zeros = base64.b64encode(np.zeros(wire.MAX_NUMBERS).tobytes()).decode()
    text = container(0, [[wire.MAX_NUMBERS]], zeros, whole=[0] * 10**6)
    seen = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wire, "_whole", lambda array: seen.append(1) or array)
        decode(text)
    assert len(seen) == 1


def test_nan_and_infinity_survive():
    """They are the student's result and are judged, not lost."""
    out = decode(encode(np.array([np.nan, np.inf, -np.inf, -0.0])))
    assert np.isnan(out[0])
    assert out[1:3].tolist() == [np.inf, -np.inf]
    assert np.signbit(out[3])


def test_a_shared_array_travels_once():
    """parameters stand in every cache and are one row of the table; they come out as one."""
    array = np.ones(3)
    text = encode([array, {"again": array}, (array,)])
    assert len(json.loads(text)["shapes"]) == 1
    one, two, three = decode(text)
    assert one is two["again"]
    assert one is three[0]


def test_a_shared_container_travels_once_for_each_depth():
    """A dictionary of parameters in every cache is one object again, and costs no more text."""
    parameters = {"Wax": np.ones(3), "ba": np.zeros(2)}
    caches = [(np.full(2, k), parameters) for k in range(50)]
    text = encode((caches, parameters))
    assert text.count("Wax") == 2
    out, beside = decode(text)
    assert_same((out, beside), (caches, parameters))
    assert all(cache[1] is out[0][1] for cache in out)


@MODEST
@given(trees, st.data())
def test_shared_parts_of_any_tree_come_back(value, data):
    """Whatever stands in several places, at several depths."""
    pieces = [value, {"in a dictionary": value}, (value, [value])]
    shared = data.draw(st.lists(st.sampled_from(pieces), max_size=6))
    assert_same(decode(encode([shared, value, shared])), [shared, value, shared])


def test_equal_arrays_that_are_not_one_array_travel_apart():
    """Only identity counts, never a value or a memory address that was used again."""
    out = decode(encode([np.full(2, k) for k in range(50)]))
    assert [row[0] for row in out] == list(range(50))
    out = decode(encode([float(k) + 0.5 for k in range(500)]))
    assert [float(number) for number in out] == [k + 0.5 for k in range(500)]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (object(), "object"),
        (len, "builtin_function_or_method"),
        ({1, 2}, "set"),
        (1j, "complex"),
        (b"bytes", "bytes"),
        (np.array([1j]), "array of 1 complex128"),
        (np.array([None, {}]), "array of 2 object"),
        (np.array(["text"]), "array of 1 <U4"),
        (10**30, "array of 1 object"),
        (np.datetime64("2020-01-01"), "array of 1 datetime64[D]"),
    ],
)
def test_what_is_no_number_travels_as_the_name_of_its_type(value, name):
    """Objects, complex and object arrays become Other; nothing of their contents travels."""
    assert decode(encode([value, 1.0]))[0] == Other(name)


def test_dictionary_keys_become_short_texts():
    """Keys of any type are written as text and cut."""
    assert list(decode(encode({1: None, "k" * 500: None}))) == ["1", "k" * 80]


# --- limits --------------------------------------------------------------------------------


def test_too_many_numbers_are_named_and_the_rest_travels():
    """An array over the limit becomes Other, what stands beside it comes out."""
    out = decode(encode([np.ones(3), np.zeros(wire.MAX_NUMBERS), np.ones(2)]))
    assert out[1] == Other(f"array of {wire.MAX_NUMBERS} float64")
    assert (out[0].size, out[2].size) == (3, 2)


def test_the_limit_of_numbers_is_that_of_all_arrays_together():
    """Many arrays below the limit are no way round it."""
    out = decode(encode([np.full(wire.MAX_NUMBERS // 2, k) for k in range(3)]))
    assert [type(item) for item in out] == [np.ndarray, np.ndarray, Other]


def test_a_text_is_cut_at_its_limit():
    """Two thousand characters are enough for an error message."""
    assert decode(encode("x" * 5000)) == "x" * wire.MAX_TEXT


def nested(depth):
    """None in that many lists."""
    value = None
    for _ in range(depth):
        value = [value]
    return value


def test_nesting_up_to_the_limit_travels():
    """Twelve levels come back as they are."""
    assert decode(encode(nested(wire.MAX_DEPTH))) == nested(wire.MAX_DEPTH)


@pytest.mark.parametrize("depth", [wire.MAX_DEPTH + 1, wire.MAX_DEPTH + 2, 60])
def test_what_is_nested_too_deep_is_named_and_the_rest_travels(depth):
    """caches = (caches, cache) in a loop must not cost the outputs that stand beside it."""
    right, _ = decode(encode([np.ones(2), nested(depth - 1)]))
    assert right.tolist() == [1, 1]


@pytest.mark.parametrize("length", [wire.MAX_ITEMS, wire.MAX_ITEMS + 1, 3 * wire.MAX_ITEMS])
def test_what_has_too_many_items_is_named_and_the_rest_travels(length):
    """A list without end must not cost the outputs that stand before it."""
    out = decode(encode([np.ones(2), [None] * length]))
    assert out[0].tolist() == [1, 1]


def test_texts_without_end_are_named_and_the_rest_travels():
    """Whatever is handed in, encode writes a container that decode reads."""
    out = decode(encode([np.ones(2), ["x" * wire.MAX_TEXT] * 5000]))
    assert out[0].tolist() == [1, 1]


def test_a_list_that_holds_itself_is_cut_and_not_followed():
    """encode returns, whatever becomes of the list."""
    endless = [1.0]
    endless.append(endless)
    assert isinstance(encode(endless), str)
    assert len(encode(endless)) < wire.MAX_CHARACTERS


# --- what decode refuses -------------------------------------------------------------------

NO_ARRAYS = '"shapes": [], "numbers": ""'
BAD = {
    "no JSON": "no JSON",
    "empty": "",
    "null": "null",
    "a number": "5",
    "a list": "[]",
    "no tree": f"{{{NO_ARRAYS}}}",
    "no shapes": '{"numbers": "", "tree": null}',
    "no numbers": '{"shapes": [], "tree": null}',
    "shapes that are null": container(None, None),
    "shapes that are a number": container(None, 5),
    "a shape that is a number": container(None, [1], NUMBER),
    "a shape that is null": container(None, [None], NUMBER),
    "a negative side": container(None, [[-1]], NUMBER),
    "two negative sides": container(None, [[-1, -1]], NUMBER),
    "a huge side": container(None, [[10**15]], NUMBER),
    "a huge product": container(None, [[10**5] * 8], NUMBER),
    "nine axes": container(None, [[1] * 9], NUMBER),
    "a huge side beside zero": container(None, [[0, 10**30]]),
    "a side that is true": container(None, [[True]], NUMBER),
    "a side that is a float": container(None, [[1.0]], NUMBER),
    "a side that is text": container(None, [["1"]], NUMBER),
    "too few bytes": container(None, [[2]], NUMBER),
    "too many bytes": container(None, [[0]], NUMBER),
    "half a number": container(None, [[1]], NUMBER[:8]),
    "bad base64": container(None, [[1]], "!" + NUMBER[1:]),
    "base64 without its end": container(None, [[1]], NUMBER[:-1]),
    "base64 with an umlaut": container(None, [[1]], "ä" + NUMBER[1:]),
    "numbers that are a number": container(None, [[1]], 5),
    "numbers that are null": container(None, [], None),
    "an index out of range": container(1, [[1]], NUMBER),
    "a negative index": container(-1, [[1]], NUMBER),
    "an index that is true": container(True, [[1], [0]], NUMBER),
    "an index that is a float": container(0.0, [[1]], NUMBER),
    "an index that is text": container("0", [[1]], NUMBER),
    "a whole number that is none": with_whole(1.5),
    "a whole number that is not finite": with_whole(np.nan),
    "a whole number that is infinite": with_whole(np.inf),
    "a whole number beyond the exact ones": with_whole(-(2.0**53)),
    "a whole array that is not there": with_whole(1, [1]),
    "a whole array named by a float": with_whole(1, [0.0]),
    "a whole array named by a text": with_whole(1, ["0"]),
    "a whole array named by a list": with_whole(1, [[0]]),
    "whole arrays that are null": with_whole(1, None),
    "whole arrays that are a number": with_whole(1, 5),
    "an unknown kind": container({"pickle": "x"}),
    "a node of two kinds": container({"text": "x", "list": []}),
    "a node of no kind": container({}),
    "a node that is text": container("x"),
    "a node that is a list": container([]),
    "a list that is null": container({"list": None}),
    "a list of numbers of nothing": container({"list": [1, 2]}),
    "a tuple that is text": container({"tuple": "ab"}),
    "a dictionary of triples": container({"dict": [["a", None, None]]}),
    "a dictionary that is one": container({"dict": {"ab": None}}),
    "a text that is a number": container({"text": 5}),
    "a text that is null": container({"text": None}),
    "another that is a list": container({"other": []}),
    "the same as none": container({"same": 0}),
    "the same as itself": container({"list": [{"same": 0}]}),
    "the same as the next": container({"list": [{"same": 0}, {"list": []}]}),
    "the same as the last": container({"list": [{"list": []}, {"same": -1}]}),
    "the same as true": container({"list": [{"list": []}, {"list": []}, {"same": True}]}),
    "the same at another depth": container({"list": [{"list": [{"list": []}]}, {"same": 0}]}),
    "deep nesting of lists": container()[:-1].replace("null", "[" * 10_000),
    "deep nesting of nodes": f'{{{NO_ARRAYS}, "tree": ' + '{"list": [' * 5000 + "]}" * 5000 + "}",
    "a number of ten thousand digits": f'{{{NO_ARRAYS}, "tree": ' + "1" * 10_000 + "}",
    "too many items": container({"list": [None] * (wire.MAX_ITEMS + 1)}),
    "too many items in all": container({"list": [{"list": [None] * 101}] * 200}),
    "too many items by repetition": container(
        {"list": [{"list": [None] * 101}] + [{"same": 0}] * 200}
    ),
    "too many arrays": container(None, [[0]] * (wire.MAX_ITEMS + 5)),
    "too many numbers": container(None, [[wire.MAX_NUMBERS // 2 + 1]] * 2),
    "ten megabytes": container({"text": "x" * 10_000_000}),
}


def test_the_numbers_that_are_refused_are_refused_for_their_place():
    """The containers above differ in one thing from those that are read."""
    assert decode(container(0, [[1]], NUMBER)).tolist() == [1]
    assert decode(with_whole(2**53 - 1)).tolist() == [2**53 - 1]
    assert decode(container({"list": [{"list": []}, {"same": 0}]})) == [[], []]
    assert decode(container({"dict": [["a", None]]})) == {"a": None}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_decode_refuses_what_encode_cannot_have_written(text):
    """It raises WireError, and nothing but WireError."""
    with pytest.raises(WireError):
        decode(text)


@pytest.mark.parametrize("value", [None, 5, b"{}", ["x"]])
def test_decode_refuses_what_is_no_text(value):
    """Bytes and objects are no container."""
    with pytest.raises(WireError):
        decode(value)


def test_decode_refuses_a_container_that_is_cut_off_anywhere():
    """No beginning of a container is a container."""
    text = encode({"a": (np.ones(2), "text", None)})
    assert_same(decode(text), {"a": (np.ones(2), "text", None)})
    for end in range(len(text)):
        with pytest.raises(WireError):
            decode(text[:end])


def test_decoded_arrays_are_read_only():
    """Whoever judges cannot change what was answered."""
    with pytest.raises(ValueError, match="read-only"):
        decode(encode(np.ones(2)))[0] = 5.0


# --- anything may come out of a student's process ------------------------------------------


def returns_or_refuses(text):
    """Whether decode returns or raises WireError; anything else it raises goes on up."""
    try:
        decode(text)
    except WireError:
        return "refused"
    return "decoded"


@MODEST
@given(st.text(max_size=200))
def test_any_text_is_refused_or_decoded(text):
    """No text makes decode raise anything but WireError."""
    assert returns_or_refuses(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["same", "tuple", "list", "dict", "text", "other"])
            | st.text(max_size=2),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)


@MODEST
@given(json_values, json_values, json_values)
def test_any_json_in_the_place_of_a_part_is_refused_or_decoded(shapes, numbers, tree):
    """Neither the arrays nor the tree can be such that anything but WireError comes out."""
    assert returns_or_refuses(container(None, [[1]], NUMBER, whole=shapes))
    assert returns_or_refuses(container(tree, shapes, numbers))
    assert returns_or_refuses(container(None, shapes, NUMBER))
    assert returns_or_refuses(container(tree, [[1]], NUMBER))


@MODEST
@given(trees, st.data())
def test_a_container_with_a_changed_piece_is_refused_or_decoded(value, data):
    """Cutting, doubling or replacing any piece of a real container is survived."""
    text = encode(value)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    piece = data.draw(
        st.sampled_from(["", "null", "5", "-1", "[]", "{}", '"x"', text[start:end] * 2])
    )
    assert returns_or_refuses(text[:start] + piece + text[end:])
