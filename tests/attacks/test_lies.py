"""Results that are none: objects that equal everything, lie about themselves, or never end."""

import pytest

from .attack import Attack, returning

pytestmark = pytest.mark.slow

EQUAL = """
    import numpy as np


    class Equal:
        shape, ndim, size, dtype = (1,), 1, 1, np.dtype(float)
        __array_priority__ = 1e9
        __array_ufunc__ = None

        def __eq__(self, other):
            return True

        def __array_function__(self, function, types, arguments, options):
            return True

        def __getattr__(self, name):
            return self

        def __call__(self, *arguments):
            return self

        def __sub__(self, other):
            return 0 * other

        __rsub__ = __abs__ = __sub__
        __le__ = __ge__ = __eq__
"""
SUBCLASS = """
    import numpy as np


    class Agreeing(np.ndarray):
        shape = property(lambda self: Anything())
        dtype = property(lambda self: np.dtype(float))

        def __array_ufunc__(self, ufunc, method, *inputs, **options):
            return np.zeros(1) if ufunc is not np.isfinite else np.ones(1, bool)

        def __array_function__(self, function, types, arguments, options):
            return True


    class Anything(tuple):
        def __eq__(self, other):
            return True

        def __ne__(self, other):
            return False

        __hash__ = None
"""
CONTAINERS = """
    class Items(dict):
        def items(self):
            while True:
                yield "dxt", 0.0

        def __missing__(self, key):
            return 0.0


    class Row(tuple):
        def __len__(self):
            return 3

        def __iter__(self):
            while True:
                yield 0.0
"""
CHANGING = """
    import threading

    import numpy as np

    shared = np.zeros((5, 10))


    def change():
        while True:
            shared[:] = np.random.randn(*shared.shape)
            try:
                shared.resize((7, 11), refcheck=False)
            except ValueError:
                pass


    threading.Thread(target=change, daemon=True).start()
"""
PRETENDING = """
    import numpy as np


    class Pretending(np.ndarray):
        def __class_getitem__(cls, item):
            raise SystemExit

        def __array_finalize__(self, other):
            self.count = getattr(other, "count", 0) + 1

        def __reduce__(self):
            return eval, ("__import__('os')._exit(0)",)

        def tobytes(self, *arguments):
            return b"\\0" * 8

        def tolist(self):
            return "100"
"""
CYCLE = """
    cycle = []
    cycle.append(cycle)
    deep = []
    for _ in range(100_000):
        deep = [deep]
"""
STRANGE = """
    Strange = type("<script>alert('made-by-a-submission')</script>" * 100, (), {})


    class Loud(Exception):
        def __str__(self):
            raise SystemExit(self)

        __repr__ = __str__
"""
ATTACKS = [
    Attack("equal-to-all", cells=returning("Equal()", EQUAL)),
    Attack("agreeing-arrays", cells=returning("np.zeros(1).view(Agreeing)", SUBCLASS)),
    Attack("endless-containers", cells=returning("(Items(), Row())", CONTAINERS)),
    Attack("endless-results", cells=returning("Row()", CONTAINERS)),
    Attack("arrays-that-change", cells=returning("shared", CHANGING)),
    Attack("arrays-that-pretend", cells=returning("np.zeros(1).view(Pretending)", PRETENDING)),
    Attack("masked-arrays", cells=returning("np.ma.masked_all((1,))")),
    Attack("object-arrays", cells=returning("np.array([None, 1, 'x'], object)")),
    Attack("not-a-number", cells=returning("arguments[0] * np.nan")),
    Attack("huge", cells=returning("arguments[0] * 1e308 * 10")),
    Attack(
        "endless-strides",
        cells=returning("np.lib.stride_tricks.as_strided(np.zeros(1), (10**9, 10**9), (0, 0))"),
    ),
    Attack("ten-million-numbers", cells=returning("np.zeros(10**7)")),
    Attack("mapped-files", cells=returning("np.memmap('zeros', mode='w+', shape=10**6)")),
    Attack("huge-integers", cells=returning("10**5000")),
    Attack("cycles", cells=returning("cycle", CYCLE)),
    Attack("a-hundred-thousand-deep", cells=returning("deep", CYCLE)),
    Attack("strange-names", cells=returning("Strange()", STRANGE)),
    Attack("loud-errors", cells=returning("(_ for _ in ()).throw(Loud())", STRANGE)),
    Attack("arguments-echoed", cells=returning("arguments")),
]


def test_only_numbers_count(attack, batch):
    """What comes out is looked at as a tree of arrays, and by nothing of the student's."""
    batch.check(attack)
