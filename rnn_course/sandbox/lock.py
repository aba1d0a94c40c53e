"""The locks of a child, one upon the other: built once, closed in each child before its work."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import landlock, privileges, seccomp
from .limits import Limits


@dataclass
class Locks:
    """What a warm process has made ready for its children; None where the system lacks it."""

    rules: Any  # a landlockpy.Ruleset or None
    calls: Any  # a seccomp.Program or None
    namespaces: list[str]
    pid_namespace: bool
    missing: dict[str, str]  # layer → why it could not be built

    def close(self, limits: Limits) -> None:
        """Lock this process for good. Raises OSError if a layer that was built does not close."""
        privileges.limit_resources(limits)
        privileges.drop_privileges()
        privileges.die_with_parent()
        if self.rules is not None:
            self.rules.restrict()
        if self.calls is not None:
            self.calls.load()  # last: the calls that close the others are among the refused


def build(private: Path, files: list[Path]) -> Locks:
    """Build what can be built on this system, and enter the namespaces that it allows."""
    missing: dict[str, str] = {}
    calls = _or_why(missing, "seccomp", lambda: seccomp.program(seccomp.syscall_filter()))
    rules = None
    if landlock.abi():
        rules = _or_why(missing, "Landlock", lambda: landlock.ruleset(private, files))
    else:
        missing["Landlock"] = "the kernel has none, or it is not among its security modules"
    namespaces = privileges.enter_namespaces()
    pid_namespace = privileges.works(privileges.new_pid_namespace)
    return Locks(rules, calls, namespaces, pid_namespace, missing)


def _or_why(missing: dict[str, str], layer: str, make: Callable[[], Any]) -> Any:
    try:
        return make()
    except (ImportError, OSError, RuntimeError) as error:
        missing[layer] = str(error)
        return None
