"""What a task copies: claims one range after another and reads it, ahead of the inserts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace

from mongo_to_cosmos.connections import Client, raw_collection
from mongo_to_cosmos.documents import Documents
from mongo_to_cosmos.parts import Part
from mongo_to_cosmos.ranges import documents_in_range, id_after
from mongo_to_cosmos.raw_bson import raw_id
from mongo_to_cosmos.reader import read_part
from mongo_to_cosmos.settings import CollectionSettings, Settings
from mongo_to_cosmos.state import State

# Replies of about this size cost little per document, fit many tasks' memory, and go out as one insert.
_REPLY_BYTES = 3_000_000
_MOST_REPLY_DOCUMENTS = 50_000
# Ranges are cut by a sample, which is only nearly true: one that turns out to be so many times as long is cut again.
_TOO_LONG = 1.5
# Others may cut what they copy: that is waited for, a little at first, so that a short job ends when it is done.
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 0.05, 2.0
# All that wait ask a server so often at most. An account charges for asking, and takes it from those that copy: there
# the wait grows.
_ASKED_PER_SECOND = 100
# Not for ever: the cores of a machine that is gone may be needed for the tasks that it had.
_MOST_WAITED_SECONDS = 30.0


@dataclass(frozen=True)
class Slot:
    """One of the tasks that run at once."""

    number: int
    ranges: tuple[int, ...]
    """All of the job's, in the order in which this slot looks for something to do."""


@dataclass(frozen=True)
class Batch:
    """Some of a range's documents, in their order."""

    part: Part
    documents: Documents


@dataclass(frozen=True)
class EndOfRange:
    """All of its documents were told."""

    part: Part


@dataclass(frozen=True)
class Idle:
    """Others copy what is left, and may cut it."""


Step = Batch | EndOfRange | Idle


class SlotReader:
    """Reads whatever ranges nobody else copies."""

    def __init__(
        self,
        slot: Slot,
        settings: Settings,
        source: Client,
        state: State,
        owner: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`owner`: as whose the ranges are claimed."""
        self._slot = slot
        self._settings = settings
        self._source = source
        self._state = state
        self._owner = owner
        self._sleep = sleep

    def steps(self) -> Iterator[Step]:
        """Yield ranges batch by batch until all are copied."""
        for claimed in self._claimed():
            if isinstance(claimed, Idle):
                yield claimed
                continue
            for documents in self._read(claimed):
                yield Batch(claimed, documents)
            yield EndOfRange(claimed)

    def _claimed(self) -> Iterator[Part | Idle]:
        settings, state, slot = self._settings, self._state, self._slot
        for number in state.abandoned_by(slot.number):
            part = state.claim(number, slot.number, self._owner)
            if part:
                yield part
        order = {number: at for at, number in enumerate(slot.ranges)}
        often = settings.slots / _ASKED_PER_SECOND
        longest = _LONGEST_WAIT_SECONDS if settings.target_kind == "cosmos-ru" else min(_LONGEST_WAIT_SECONDS, often)
        wait, waited = _FIRST_WAIT_SECONDS, 0.0
        while (unclaimed := state.unclaimed()) is not None and waited < _MOST_WAITED_SECONDS:
            for number in sorted(unclaimed, key=lambda number: order.get(number, len(order))):
                part = state.claim(number, slot.number, self._owner)
                if part is None:
                    # Another slot was here first: what it has taken meanwhile is looked up.
                    break
                wait, waited = _FIRST_WAIT_SECONDS, 0.0
                yield part
            if not unclaimed:
                yield Idle()
                self._sleep(wait)
                wait, waited = max(wait, min(longest, wait * 2)), waited + wait

    def _read(self, part: Part) -> Iterator[Documents]:
        collection = self._settings.collections[part.collection]
        raw = raw_collection(self._source, collection.source, self._settings)
        planned = documents_in_range(collection, self._settings)
        most: int | None = None if part.whole else int(planned * _TOO_LONG)
        # How far it is read: what is acknowledged is behind that, and not for this thread to say.
        ahead = replace(part)

        def cut() -> bool:
            at = id_after(raw, ahead, planned)
            if at is None:
                return False
            self._state.cut(part, self._owner, at)
            ahead.upper = at
            return True

        if part.is_rest and part.last is None:
            # So that others begin with what follows now, and not after this one.
            cut()
        read, is_cut = 0, True
        while is_cut:
            is_cut = False
            with closing(read_part(raw, ahead, reply_documents(collection))) as replies:
                for documents in replies:
                    if most is not None and read >= most:
                        is_cut = cut()
                        most = None
                    if is_cut:
                        break
                    yield documents
                    ahead.last = raw_id(documents[-1])
                    read += len(documents)


def reply_documents(collection: CollectionSettings) -> int:
    """Return how many documents to ask for at a time."""
    average = max(1, collection.size // max(1, collection.documents))
    return max(1, min(_MOST_REPLY_DOCUMENTS, _REPLY_BYTES // average))
