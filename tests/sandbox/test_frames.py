"""sandbox/frames: messages come out as they went in, however the bytes are cut."""

import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rnn_course.sandbox.frames import HEAD, FrameError, Frames, receive, send


@pytest.fixture
def pipe():
    """The two ends of a pipe, (read, write), of which a test may close either."""
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


def packed(messages):
    """The bytes of all frames in a row."""
    return b"".join(HEAD.pack(len(message)) + message for message in messages)


@given(st.lists(st.binary(max_size=300), max_size=10), st.data())
def test_any_chunking_of_any_messages_comes_out_the_same(messages, data):
    """Frames end where their length says, not where a read ends."""
    rest, reader, whole = packed(messages), Frames(300), []
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        whole += reader.feed(rest[:size])
        rest = rest[size:]
    assert whole == messages
    assert not reader.buffer


def test_what_is_not_whole_is_kept_back():
    """One byte is missing, then it comes."""
    reader, data = Frames(10), packed([b"abc"])
    assert list(reader.feed(data[:-1])) == []
    assert list(reader.feed(data[-1:])) == [b"abc"]


def test_a_message_of_the_largest_size_passes_and_one_byte_more_does_not():
    """The length alone decides: nothing of the message needs to have come."""
    assert list(Frames(10).feed(packed([b"x" * 10]))) == [b"x" * 10]
    with pytest.raises(FrameError):
        list(Frames(10).feed(HEAD.pack(11)))


def test_no_more_is_kept_than_a_message_and_a_read():
    """A writer that sends without end is stopped; what was good before that is not lost."""
    frames = Frames(10).feed(packed([b"ok"]) + b"\xff" * 1000)
    assert next(frames) == b"ok"
    with pytest.raises(FrameError):
        next(frames)


def test_a_message_goes_through_a_pipe(pipe):
    """One larger than the pipe's buffer, so that it is written in parts."""
    message = bytes(range(256)) * 2000
    writer = threading.Thread(target=send, args=(pipe[1], message))
    writer.start()
    assert receive(pipe[0]) == message
    writer.join()


@pytest.mark.parametrize("begun", [b"", b"\0\0", HEAD.pack(5), HEAD.pack(5) + b"abcd"])
def test_a_writer_that_has_gone_is_an_end_of_file(pipe, begun):
    """Wherever in a frame it went."""
    os.write(pipe[1], begun)
    os.close(pipe[1])
    with pytest.raises(EOFError):
        receive(pipe[0])


def test_a_reader_that_has_gone_is_told(pipe):
    """The grader is no more: the child's next message ends it."""
    os.close(pipe[0])
    with pytest.raises(BrokenPipeError):
        send(pipe[1], b"message")
