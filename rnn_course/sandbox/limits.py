"""What one submission may use. The unit stands in each name."""

from dataclasses import dataclass

HURRIED = 0.1  # of its time is left to a cell once another one has been stopped; not to questions


@dataclass(frozen=True)
class Limits:
    """Crossing one of these is a named outcome of the cell that did it, and of no other."""

    cell_seconds: float = 10.0  # of a cell, or of all questions to one function
    submission_seconds: float = 60.0  # of all cells, those that are run again among them
    memory_mib: int = 1024  # of address space, beyond what Python and numpy take
    disk_mib: int = 32  # of files in the private folder, and of each of them a quarter
    threads: int = 64  # there is one process, and no way to start another
    cell_output_kib: int = 512
    notebook_output_kib: int = 4096
    answer_kib: int = 8192  # of the numbers of one function
