"""Imported before nbgrader: keeps out of this process what nbgrader imports and grading needs not.

Half of nbgrader's three seconds is the grammar of internationalised addresses, which jsonschema
builds if it can and no schema here asks for; a fifth are extensions of Jupyter's server, and what
unpacks archives.
"""

import os
import sys
from types import ModuleType

UNUSED = {
    f"nbgrader.server_extensions.{name}": ("load_jupyter_server_extension",)
    for name in ("assignment_list", "course_list", "validate_assignment", "formgrader")
} | {"setuptools.archive_util": ("unpack_archive", "unpack_tarfile", "unpack_zipfile")}


def keep_out() -> None:
    """As far as these have not been imported before."""
    modules: dict[str, ModuleType | None] = sys.modules  # type: ignore[assignment]
    modules.setdefault("rfc3987_syntax", None)  # to import it raises
    if "nbgrader" in sys.modules:
        return
    for name, functions in UNUSED.items():
        module = ModuleType(name)
        vars(module).update(dict.fromkeys(functions))
        sys.modules.setdefault(name, module)
    sys.modules.setdefault("setuptools", ModuleType("setuptools"))


keep_out()
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # for such small matrices, threads only wait
