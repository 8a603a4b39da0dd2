"""The inserts of a task that are under way at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import fields

from mongo_to_cosmos.connections import Client, patiently
from mongo_to_cosmos.documents import Documents
from mongo_to_cosmos.parts import Counts
from mongo_to_cosmos.settings import Settings
from mongo_to_cosmos.writer import Writer

# A far target has the next insert by the time that its answer to one has come back.
MOST_AT_ONCE = 2
# Two inserts at a time cost a near one a twentieth more of its processor, and have nothing to hide.
_FAR_SECONDS = 0.002
_PINGS = 5


def inserts_at_once(target: Client, settings: Settings, now: Callable[[], float] = time.monotonic) -> int:
    """Return how many inserts a task has under way: charges of an account are told for the last one alone."""
    if settings.target_kind == "cosmos-ru":
        return 1

    def seconds() -> float:
        began = now()
        patiently(lambda: target.admin.command("ping"))
        return now() - began

    return MOST_AT_ONCE if min(seconds() for _ in range(_PINGS)) >= _FAR_SECONDS else 1


class Writers:
    """Writers that take turns. For use by one thread; close it in the end."""

    def __init__(self, make: Callable[[Counts], Writer], counts: Counts, at_once: int) -> None:
        """`make`: a writer that counts what it does in what it is given; `counts`: of all that is acknowledged."""
        self._counts = counts
        self._counted = [Counts() for _ in range(at_once)]
        self._writers = [make(mine) for mine in self._counted]
        self._under_way: list[tuple[Documents, Future[None]] | None] = [None] * at_once
        self._turn = 0
        self._threads = ThreadPoolExecutor(at_once) if at_once > 1 else None

    def close(self) -> None:
        """Wait for what is under way, whatever comes of it: who begins again must not meet it."""
        if self._threads:
            self._threads.shutdown()

    @property
    def batch_documents(self) -> int:
        """Documents that may be sent before they are noted."""
        return self._writers[0].batch_documents

    @property
    def batch_bytes(self) -> int:
        """Bytes that may be sent before they are noted."""
        return self._writers[0].batch_bytes

    def next_insert(self, documents: Documents, start: int) -> int:
        """Return the end of the insert that begins at `start`."""
        return self._writers[self._turn].next_insert(documents, start)

    def write(self, documents: Documents) -> list[Documents]:
        """Return when all but the last few are acknowledged: those that are now, in the order in which they were sent.

        Raise what came of one of those before.
        """
        at = self._turn
        if self._threads is None:
            self._writers[at].write(documents)
            self._take_counts(at)
            return [documents]
        self._under_way[at] = (documents, self._threads.submit(self._writers[at].write, documents))
        self._turn = (at + 1) % len(self._writers)
        return self._wait(self._turn)

    def settle(self) -> list[Documents]:
        """Return when all are acknowledged: the last of them, in their order. Raise what came of one of them."""
        count = len(self._writers)
        return [some for after in range(count) for some in self._wait((self._turn + after) % count)]

    def _wait(self, at: int) -> list[Documents]:
        waiting, self._under_way[at] = self._under_way[at], None
        if waiting is None:
            return []
        documents, written = waiting
        written.result()
        self._take_counts(at)
        return [documents]

    def _take_counts(self, at: int) -> None:
        mine = self._counted[at]
        for one in fields(Counts):
            setattr(self._counts, one.name, getattr(self._counts, one.name) + getattr(mine, one.name))
            setattr(mine, one.name, 0)
