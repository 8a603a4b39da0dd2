"""Writes down how far a task is while its inserts go on: what is acknowledged, and never more."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from mongo_to_cosmos.documents import Documents
from mongo_to_cosmos.parts import Part
from mongo_to_cosmos.raw_bson import raw_id

_NOTE_EVERY_SECONDS = 1.0


@dataclass
class Amount:
    """Of documents."""

    documents: int = 0
    size: int = 0
    """Bytes."""

    def add(self, some: Documents) -> None:
        """Count them."""
        self.documents += len(some)
        self.size += some.size

    def exceeds(self, most: Amount) -> bool:
        """Tell whether it is more than `most` in one of the two."""
        return self.documents > most.documents or self.size > most.size


class Progress:
    """The notes of one task, in their order. For use by one thread; close it in the end.

    No more than a batch is ever sent and not written down: that much is sent again after a crash.
    """

    def __init__(self, save: Callable[[Part], None], now: Callable[[], float] = time.monotonic) -> None:
        """`save`: writes down how far a range is, in a thread of its own."""
        self._save = save
        self._now = now
        self._thread = ThreadPoolExecutor(1)
        self._note: Future[None] | None = None
        self._open = Amount()  # sent, and in no note that is written
        self._noting = Amount()  # of those, what the note under way holds
        self._acknowledged = Amount()  # of those, what the next one would
        self._noted_at = now()

    def close(self) -> None:
        """Wait for the note under way, whatever comes of it."""
        self._thread.shutdown()

    def has_room_for(self, some: Documents, batch: Amount) -> bool:
        """Tell whether they may be sent before another note: one insert always may where all before it is noted."""
        if self._fits(some, batch):
            return True
        self.settle()
        return self._fits(some, batch)

    def sent(self, some: Documents) -> None:
        """Count what goes out now."""
        self._open.add(some)

    def acknowledged(self, part: Part, some: Documents) -> None:
        """Count what the target has answered for, after all that was sent before it."""
        part.last = raw_id(some[-1])
        self._acknowledged.add(some)

    def is_due(self, batch: Amount) -> bool:
        """Tell whether a note should be begun: at half a batch, so that the other half goes on meanwhile."""
        if self._acknowledged.documents == 0 or (self._note and not self._note.done()):
            return False
        half = Amount((batch.documents - 1) // 2, (batch.size - 1) // 2)
        return self._acknowledged.exceeds(half) or self._now() - self._noted_at >= _NOTE_EVERY_SECONDS

    def note(self, part: Part) -> None:
        """Begin to write down how far a range is. Raise what came of the note before."""
        self.settle()
        self._noting, self._acknowledged = self._acknowledged, Amount()
        self._noted_at = self._now()
        self._note = self._thread.submit(self._save, replace(part, counts=replace(part.counts)))

    def settle(self) -> None:
        """Return when the note under way is written. Raise what came of it."""
        note, self._note = self._note, None
        if note is None:
            return
        note.result()
        self._open.documents -= self._noting.documents
        self._open.size -= self._noting.size
        self._noting = Amount()

    def _fits(self, some: Documents, batch: Amount) -> bool:
        together = replace(self._open)
        together.add(some)
        return self._open.documents == 0 or not together.exceeds(batch)
