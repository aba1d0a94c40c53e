"""What a Dask worker imports before its first submission: dask worker … --preload <this>."""

from ...sandbox.sandbox import PRELOAD, shared
from . import lean

shared(PRELOAD, False)  # it starts while the rest is imported
lean.keep_out()

from . import work  # noqa: E402, F401
