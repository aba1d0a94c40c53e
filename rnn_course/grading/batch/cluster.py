"""Workers by Dask: a cluster of this machine's cores, or one that other machines have joined."""

import signal
import sys
import time
from concurrent.futures import Executor
from contextlib import suppress
from multiprocessing import resource_tracker

from .papers import CannotGradeError
from .version import course_version

ASK_SECONDS = 1.0  # between two questions to the scheduler
LOOK_AWAY = {  # workers have work to do: nobody looks at what they watch, trim and remember
    "distributed.admin.low-level-log-length": 10,  # of messages, each with its submissions
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.tick.interval": "1s",
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 2**28,
}
READY = "rnn_course.grading.batch.ready"  # what a worker of ours does first


class Cluster:
    """Workers that a Dask scheduler knows."""

    def __init__(self, client, cluster=None):
        self.client, self.cluster = client, cluster
        self.executor: Executor = client.get_executor(pure=False)
        self._known, self._asked = 0, -ASK_SECONDS

    def count(self) -> int:
        """How many workers there are, as of a moment ago; none if the scheduler does not answer."""
        if time.monotonic() - self._asked > ASK_SECONDS:
            try:
                told = self.client.scheduler_info(n_workers=-1)  # nothing, of a lost one
                self._known = len(told.get("workers", ()))
            except (OSError, TimeoutError):
                self._known = 0
            self._asked = time.monotonic()
        return self._known

    def close(self) -> None:
        """Leave; workers of this machine's own cluster end."""
        for part in filter(None, (self.client, self.cluster)):
            with suppress(TimeoutError):  # on a busy machine; what is left ends with this process
                part.close(timeout=1)


def local(workers: int) -> Cluster:
    """Start so many workers, which nobody else on this machine can reach: connections are TLS.

    Call it in a thread of its own. Raises CannotGradeError if what they need is not installed.
    """
    distributed = _distributed()
    import dask

    # Ctrl-C is for the grader alone: threads and processes keep off what their maker does. The
    # tracker comes first, for to start it lets the signal in again.
    sys.warnoptions.append("ignore:resource_tracker")  # of Ctrl-C while workers start
    resource_tracker.ensure_running()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    with dask.config.set(LOOK_AWAY):
        cluster = distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            memory_limit=0,  # a submission's memory is limited in its sandbox
            dashboard_address=None,
            host="127.0.0.1",
            protocol="tls://",
            security=True,
            silence_logs="CRITICAL",
            preload=[READY],
        )
        client = distributed.Client(  # what is graded comes from the worker, not by the scheduler
            cluster, timeout=30, set_as_default=False, direct_to_workers=True
        )
    return Cluster(client, cluster)


def joined(address: str) -> Cluster:
    """The workers of a scheduler. Raises CannotGradeError if there are none that are ours."""
    distributed = _distributed()
    try:
        distributed.comm.resolve_address(address)  # a client of nonsense is noisy in its end
        client = distributed.Client(address, timeout=10, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise CannotGradeError(
            f"No scheduler answers at {address} ({error}): start one with dask scheduler."
        ) from None
    versions = client.run(course_version, on_error="return")
    others = [who for who, version in versions.items() if version != course_version()]
    if others or not versions:
        client.close()
        where = f"{', '.join(others)}: another version of the course; install this one there."
        nobody = f"{address} has no workers: start some with dask worker {address}."
        raise CannotGradeError(where if others else nobody)
    return Cluster(client)


def _distributed():
    """Dask's package, which is optional and takes long to import."""
    try:
        import cryptography  # noqa: F401  for TLS
        import distributed
    except ModuleNotFoundError as error:
        raise CannotGradeError(
            f"{error.name} is not installed: pip install 'rnn-course[batch]' for workers."
        ) from None
    return distributed
