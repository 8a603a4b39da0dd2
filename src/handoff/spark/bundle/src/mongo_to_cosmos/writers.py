"""The inserts of a task that are under way at once, between two notes of progress."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import fields
from typing import Any

from mongo_to_cosmos.documents import Documents
from mongo_to_cosmos.parts import Counts
from mongo_to_cosmos.writer import Writer

# A server that answers when its journal is on disk has the next insert by then.
AT_ONCE = 2


class Writers:
    """Writers that take turns. For use by one thread; leave it as a context, which waits for what is under way."""

    def __init__(self, make: Callable[[Counts], Writer], counts: Counts, at_once: int) -> None:
        """`make`: a writer that counts what it does in what it is given; `counts`: the sum of all."""
        self._counts = counts
        self._counted = [Counts() for _ in range(at_once)]
        self._writers = [make(mine) for mine in self._counted]
        self._under_way: list[Future[None] | None] = [None] * at_once
        self._turn = 0
        self._threads = ThreadPoolExecutor(at_once) if at_once > 1 else None

    def __enter__(self) -> Writers:
        """Return itself."""
        return self

    def __exit__(self, *_: Any) -> None:  # noqa: ANN401
        """Wait for what is under way, whatever comes of it: who begins again must not meet it."""
        if self._threads:
            self._threads.shutdown()

    @property
    def batch_documents(self) -> int:
        """Documents between two notes of progress."""
        return self._writers[0].batch_documents

    @property
    def batch_bytes(self) -> int:
        """Bytes between two notes of progress."""
        return self._writers[0].batch_bytes

    def next_insert(self, documents: Documents, start: int) -> int:
        """Return the end of the insert that begins at `start`."""
        return self._writers[self._turn].next_insert(documents, start)

    def write(self, documents: Documents) -> None:
        """Return when all but the last few are written. Raise what came of one of those before."""
        at = self._turn
        if self._threads is None:
            self._writers[at].write(documents)
            return
        self._under_way[at] = self._threads.submit(self._writers[at].write, documents)
        self._turn = (at + 1) % len(self._writers)
        self._wait(self._turn)

    def settle(self) -> None:
        """Return when all are written, and counted. Raise what came of one of them."""
        for at in range(len(self._writers)):
            self._wait(at)
        for mine in self._counted:
            for one in fields(Counts):
                setattr(self._counts, one.name, getattr(self._counts, one.name) + getattr(mine, one.name))
                setattr(mine, one.name, 0)

    def _wait(self, at: int) -> None:
        waiting, self._under_way[at] = self._under_way[at], None
        if waiting:
            waiting.result()
