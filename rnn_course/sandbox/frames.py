"""Messages on a pipe: four bytes of length, then so many bytes."""

import os
import struct
from collections.abc import Iterator

HEAD = struct.Struct(">I")
LEARN, RUN = b"l", b"r"  # what the warm process is told, before a frame or with descriptors


class FrameError(ValueError):
    """The bytes are no frames, or one is larger than allowed."""


def send(descriptor: int, message: bytes) -> None:
    """Write one frame; blocks until it is written."""
    rest = memoryview(HEAD.pack(len(message)) + message)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def receive(descriptor: int) -> bytes:
    """Read one frame from a writer that is trusted; raises EOFError when it has gone."""
    (length,) = HEAD.unpack(_exactly(descriptor, HEAD.size))
    return _exactly(descriptor, length)


def _exactly(descriptor: int, length: int) -> bytes:
    parts = []
    while length:
        parts.append(os.read(descriptor, min(length, 1 << 20)))
        if not parts[-1]:
            raise EOFError
        length -= len(parts[-1])
    return b"".join(parts)


class Frames:
    """Puts the frames of a writer that is not trusted together, never more than largest bytes."""

    def __init__(self, largest: int):
        self.largest = largest
        self.buffer = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The frames that are whole with these bytes. Raises FrameError, behind the good ones."""
        self.buffer += data
        while len(self.buffer) >= HEAD.size:
            (length,) = HEAD.unpack_from(self.buffer)
            if length > self.largest:
                raise FrameError("a message is larger than the limit")
            if len(self.buffer) < HEAD.size + length:
                break
            whole = bytes(self.buffer[HEAD.size : HEAD.size + length])
            del self.buffer[: HEAD.size + length]
            yield whole
