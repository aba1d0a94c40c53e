"""grading/batch/cluster: workers by Dask, here or on other machines."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest
from batch.test_conduct import COMMAND, autograded, hand_in
from conftest import ASSIGNMENT, COHORT, copy_released
from gradebooks import rows

from rnn_course.grading.batch import cluster
from rnn_course.grading.batch.papers import CannotGradeError
from rnn_course.grading.batch.version import course_version

CLASS = [name for name in COHORT if name not in ("endless-loop", "exits")]


class Client:
    """A made-up client of a scheduler whose workers have these versions."""

    def __init__(self, versions):
        self.versions, self.closed = versions, False

    def __call__(self, address, **_):
        """Connect."""
        if address == "tcp://nowhere:1":
            raise OSError("timed out")
        return self

    def run(self, function, on_error):
        """What each worker says."""
        return self.versions

    def get_executor(self, pure):
        """None of these is used."""

    def scheduler_info(self, n_workers):
        """Fail as a lost scheduler does."""
        raise OSError("the scheduler is gone")

    def close(self, **_):
        """Remember it."""
        self.closed = True


def joined(monkeypatch, versions, address="tcp://there:8786"):
    """What comes of joining workers of these versions."""
    client = Client(versions)
    made_up = SimpleNamespace(Client=client, comm=SimpleNamespace(resolve_address=str))
    monkeypatch.setattr(cluster, "_distributed", lambda: made_up)
    return client, cluster.joined(address)


def test_workers_of_the_same_version_are_taken(monkeypatch):
    """A lost scheduler has no workers, and that is no error."""
    _, workers = joined(monkeypatch, {"tcp://a:1": course_version(), "tcp://b:1": course_version()})
    assert workers.count() == 0


def test_another_version_is_refused_by_its_address(monkeypatch):
    """So that one knows where to install."""
    with pytest.raises(CannotGradeError, match=r"tcp://b:1: another version of the course"):
        joined(monkeypatch, {"tcp://a:1": course_version(), "tcp://b:1": "000"})


@pytest.mark.parametrize(
    ("address", "words"),
    [("tcp://nowhere:1", "No scheduler answers"), ("tcp://there:8786", "has no workers")],
)
def test_where_nobody_works_the_next_step_is_told(monkeypatch, address, words):
    """No scheduler, or one without workers."""
    with pytest.raises(CannotGradeError, match=words):
        joined(monkeypatch, {}, address)


def test_without_the_package_the_next_step_is_told(monkeypatch):
    """It is optional."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CannotGradeError, match=r"pip install 'rnn-course\[batch\]'"):
        cluster.joined("tcp://there:8786")


@pytest.fixture
def dask(tmp_path):
    """A scheduler and two workers, each a process of its own, on loopback; and its address."""
    processes = []
    folder = tmp_path / "elsewhere"  # the workers see no course there
    folder.mkdir()
    where = folder / "scheduler.json"

    def start(program, *options):
        command = [sys.executable, "-m", f"distributed.cli.dask_{program}", *options]
        command += ["--scheduler-file", str(where), "--no-dashboard", "--host", "127.0.0.1"]
        with open(folder / f"{program}{len(processes)}.log", "w") as log:
            processes.append(subprocess.Popen(command, cwd=folder, stdout=log, stderr=log))

    start("scheduler", "--port", "0")
    for name in ("one", "two"):
        start(
            *("worker", "--nthreads", "1", "--no-nanny", "--name", name),
            *("--preload", "rnn_course.grading.batch.ready"),
        )
    _wait_for(lambda: where.exists() and _workers(where) == 2, 60)
    yield json.loads(where.read_text())["address"], processes
    for process in reversed(processes):
        process.kill()
        process.wait()


def _workers(where) -> int:
    from distributed import Client

    with Client(scheduler_file=str(where), timeout=30, set_as_default=False) as client:
        return len(client.scheduler_info(n_workers=-1)["workers"])


def _wait_for(condition, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.2)


def grade_with(course, *options, after=None):
    """Grade the class; after so many results call something. The process and what it said."""
    command = [COMMAND, "autograde", ASSIGNMENT, *options]
    count, do = after or (0, None)
    said = []
    with subprocess.Popen(
        command, cwd=course, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        for line in process.stderr:
            said.append(line)
            if do and len(said) == count:
                do()
    return process.returncode, said


@pytest.fixture(scope="module")
def class_graded_here(course, tmp_path_factory):
    """The class graded without workers, to compare with."""
    place = copy_released(course, tmp_path_factory.mktemp("here") / "course")
    hand_in(place, CLASS)
    status, said = grade_with(place, "--workers", "1")
    assert status == 0, "".join(said)
    return place


def same(course, other) -> None:
    """Both have the same grades and notebooks."""
    assert rows(f"sqlite:///{course / 'gradebook.db'}") == rows(
        f"sqlite:///{other / 'gradebook.db'}"
    )
    assert autograded(course) == autograded(other)


@pytest.fixture
def place(class_graded_here, course, tmp_path):
    """Another copy of that course, with the same secret and nothing graded."""
    place = copy_released(course, tmp_path / "course")
    secret = (class_graded_here / "course_secret.txt").read_text()
    (place / "course_secret.txt").write_text(secret)
    hand_in(place, CLASS)
    return place


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_a_retry_and_no_grade(class_graded_here, place, dask):
    """Two workers on loopback, one killed in the middle: the same rows, the same notebooks."""
    address, (_, one, _) = dask
    status, said = grade_with(place, "--scheduler", address, after=(6, one.kill))
    assert status == 0, "".join(said)
    assert len([line for line in said if " graded " in line]) == len(CLASS)
    assert one.poll() == -signal.SIGKILL
    same(place, class_graded_here)


@pytest.mark.slow
def test_if_all_workers_and_the_scheduler_go_the_grader_goes_on_alone(
    class_graded_here, place, dask
):
    """Nobody has to start anew."""
    address, processes = dask
    kill_all = threading.Thread(target=lambda: [process.kill() for process in processes])
    status, said = grade_with(place, "--scheduler", address, after=(6, kill_all.start))
    assert status == 0, "".join(said)
    same(place, class_graded_here)


@pytest.mark.slow
def test_workers_of_this_machine_are_started_and_ended(class_graded_here, place):
    """More submissions than are worth it alone; nothing runs on afterwards."""
    for k in range(2):
        for name in CLASS:
            (place / "submitted" / f"{k}-{name}").symlink_to(place / "submitted" / name)
    status, said = grade_with(place, "--workers", "2")
    assert status == 0, "".join(said)
    assert not any("No workers" in line for line in said)
    held = rows(f"sqlite:///{place / 'gradebook.db'}")
    assert len(held["submissions"]) == 3 * len(CLASS)
    mine = [row for row in held["grades"] if row[0] in CLASS]
    assert mine == rows(f"sqlite:///{class_graded_here / 'gradebook.db'}")["grades"]
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert not [line for line in running.stdout.splitlines() if "multiprocessing.spawn" in line]
    assert os.path.isdir(place / "autograded" / "1-warns" / ASSIGNMENT)


SENDS_MUCH = """
import os
import psutil
from rnn_course.grading.batch.cluster import local
workers, held = local(1), []
for _ in range(200):
    workers.executor.submit(bytes.upper, os.urandom(300_000)).result()
    held.append(psutil.Process().memory_info().rss)
workers.close()
print((held[-1] - held[50]) // 2**20)
"""


@pytest.mark.slow
def test_what_was_sent_and_came_back_is_not_kept():
    """A class of thousands goes through the scheduler, which would remember a thousand messages."""
    command = [sys.executable, "-c", SENDS_MUCH]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(told.stdout) < 30, told.stdout  # MiB, of 86 that went to and fro meanwhile


def test_workers_that_are_slow_to_end_cost_nobody_the_summary():
    """On a busy machine: all is graded by then; the cluster is told to end all the same."""
    told = []

    def close(timeout):
        told.append(timeout)
        raise TimeoutError

    client = SimpleNamespace(close=close, get_executor=lambda pure: None)
    cluster.Cluster(client, SimpleNamespace(close=close)).close()
    assert told == [1, 1]
