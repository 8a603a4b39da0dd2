"""One Spark task: copies ranges one after another, each from wherever an earlier attempt left it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass

from mongo_to_cosmos.connections import Client, Secrets, connect, raw_collection
from mongo_to_cosmos.documents import Documents
from mongo_to_cosmos.pacing import ChargeModel, RuBudget
from mongo_to_cosmos.parts import Counts, Part
from mongo_to_cosmos.ranges import documents_in_range, id_after
from mongo_to_cosmos.raw_bson import raw_id
from mongo_to_cosmos.reader import read_ahead, read_part
from mongo_to_cosmos.settings import CollectionSettings, Settings
from mongo_to_cosmos.state import State, new_owner
from mongo_to_cosmos.writer import Writer
from mongo_to_cosmos.writers import AT_ONCE, Writers

# How often a task asks how many share its budget.
_SEAT_EVERY_SECONDS = 1.0
_NOTE_EVERY_SECONDS = 1.0
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


def copy_slot(slot: Slot, run: str, settings: Settings, secrets: Secrets) -> Iterator[int]:
    """Copy ranges until nobody has any left; yield the documents that were sent for each."""
    source = connect(secrets.source)
    # Charges are told for the last command of a connection: on an account this one is the writer's alone.
    target = connect(secrets.target, connections=1 if settings.target_kind == "cosmos-ru" else AT_ONCE)
    state_client = connect(secrets.target)
    try:
        state = State(state_client, run, settings)
        task = _Task(slot.number, settings, source, target, state)
        try:
            for part in _ranges_for(slot, settings, state, task):
                before = part.counts.sent
                task.copy(part)
                yield part.counts.sent - before
        finally:
            task.leave()
    finally:
        for client in (source, target, state_client):
            client.close()


def _ranges_for(slot: Slot, settings: Settings, state: State, task: _Task) -> Iterator[Part]:
    for number in state.abandoned_by(slot.number):
        part = state.claim(number, slot.number, task.owner)
        if part:
            yield part
    order = {number: at for at, number in enumerate(slot.ranges)}
    often = settings.slots / _ASKED_PER_SECOND
    longest = _LONGEST_WAIT_SECONDS if settings.target_kind == "cosmos-ru" else min(_LONGEST_WAIT_SECONDS, often)
    wait, waited = _FIRST_WAIT_SECONDS, 0.0
    while (unclaimed := state.unclaimed()) is not None and waited < _MOST_WAITED_SECONDS:
        for number in sorted(unclaimed, key=lambda number: order.get(number, len(order))):
            part = state.claim(number, slot.number, task.owner)
            if part is None:
                # Another slot was here first: what it has taken meanwhile is looked up.
                break
            wait, waited = _FIRST_WAIT_SECONDS, 0.0
            yield part
        if not unclaimed:
            task.leave()
            time.sleep(wait)
            wait, waited = max(wait, min(longest, wait * 2)), waited + wait


class _Task:
    def __init__(self, slot: int, settings: Settings, source: Client, target: Client, state: State) -> None:
        self.owner = new_owner()
        self._slot = slot
        self._settings = settings
        self._source, self._target, self._state = source, target, state
        self._seat: Seat | None = None
        self._charges: dict[int, ChargeModel] = {}

    def copy(self, part: Part) -> None:
        settings, state = self._settings, self._state
        collection = settings.collections[part.collection]
        if self._seat is None or not self._seat.serves(collection):
            self.leave()
            self._seat = Seat(state, self.owner, collection)
        charges = self._charges.setdefault(
            part.collection, ChargeModel(settings.charge_table, settings.ru_per_document)
        )
        budget = self._seat.budget

        def writer(counts: Counts) -> Writer:
            return Writer(self._target, collection, settings, state, counts, budget, charges)

        raw = raw_collection(self._source, collection.source, settings)
        planned = documents_in_range(collection, settings)
        most: int | None = None if part.whole else int(planned * _TOO_LONG)
        if part.is_rest and part.last is None:
            # So that others begin with what follows now, and not after this one.
            self._cut(part, id_after(raw, part, planned))
        while True:
            with (
                Writers(writer, part.counts, 1 if settings.target_kind == "cosmos-ru" else AT_ONCE) as writers,
                closing(read_ahead(read_part(raw, part, reply_documents(collection)))) as replies,
            ):
                copy_part(part, self.owner, replies, writers, state, self._seat, most)
            if part.done:
                return
            if not self._cut(part, id_after(raw, part, planned)):
                most = None

    def _cut(self, part: Part, at: bytes | None) -> bool:
        if at is None:
            return False
        self._state.cut(part, self.owner, at)
        return True

    def leave(self) -> None:
        if self._seat:
            self._seat.leave()
        self._seat = None


def copy_part(
    part: Part,
    owner: str,
    replies: Iterator[Documents],
    writers: Writers,
    state: State,
    seat: Seat,
    most: int | None = None,
) -> None:
    """Write insert by insert; after each batch's acknowledgement write down how far the range is, never before.

    The range is done then, or `most` documents of it are written and there are more.
    """
    batch = Batch(writers.batch_documents, writers.batch_bytes)
    written = 0

    def note() -> None:
        writers.settle()
        state.save(part, owner)

    for documents in replies:
        if most is not None and written >= most:
            note()
            return
        start = 0
        while start < len(documents):
            seat.refresh()
            end = writers.next_insert(documents, start)
            some = documents.part(start, end)
            if not batch.has_room_for(some):
                note()
                batch.begin()
            writers.write(some)
            part.last = raw_id(documents[end - 1])
            batch.add(some)
            start = end
        written += len(documents)
    writers.settle()
    part.done = True
    state.save(part, owner)


class Batch:
    """What is written between two notes of progress, and sent again after a crash."""

    def __init__(self, documents: int, size: int, now: Callable[[], float] = time.monotonic) -> None:
        """`documents` and `size` (bytes): the most that it holds."""
        self._most = (documents, size)
        self._now = now
        self.begin()

    def begin(self) -> None:
        """Start with nothing."""
        self._documents = self._size = 0
        self._at = self._now()

    def has_room_for(self, some: Documents) -> bool:
        """Tell whether they belong to it: one insert always does, and a slow target is noted once a second."""
        if self._documents == 0:
            return True
        documents, size = self._documents + len(some), self._size + some.size
        is_small = documents <= self._most[0] and size <= self._most[1]
        return is_small and self._now() - self._at < _NOTE_EVERY_SECONDS

    def add(self, some: Documents) -> None:
        """Count them."""
        self._documents += len(some)
        self._size += some.size


def reply_documents(collection: CollectionSettings) -> int:
    """Return how many documents to ask for at a time."""
    average = max(1, collection.size // max(1, collection.documents))
    return max(1, min(_MOST_REPLY_DOCUMENTS, _REPLY_BYTES // average))


class Seat:
    """A task's place at a budget, which it divides evenly with the other tasks that write to it."""

    def __init__(self, state: State, owner: str, collection: CollectionSettings) -> None:
        """Without request units there is nothing to divide."""
        self._state, self._owner = state, owner
        self._budget = collection.budget
        self._ru_per_second = collection.ru_per_second
        self._at = time.monotonic()
        self.budget = None if self._ru_per_second is None else RuBudget(self._share(self._ru_per_second))

    def serves(self, collection: CollectionSettings) -> bool:
        """Tell whether this is the place for a collection, too."""
        return (self._budget, self._ru_per_second) == (collection.budget, collection.ru_per_second)

    def refresh(self) -> None:
        """Ask again how many there are, now and then."""
        if self.budget is None or self._ru_per_second is None:
            return
        if time.monotonic() - self._at >= _SEAT_EVERY_SECONDS:
            self.budget.share = self._share(self._ru_per_second)
            self._at = time.monotonic()

    def leave(self) -> None:
        """Give the share to the others."""
        if self.budget is not None:
            self._state.leave(self._owner)

    def _share(self, ru_per_second: float) -> float:
        return ru_per_second / self._state.seated(self._owner, self._budget)
