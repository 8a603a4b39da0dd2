"""One Spark task: copies ranges one after another, each from wherever an earlier attempt left it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

from mongo_to_cosmos.connections import Client, Secrets, connect
from mongo_to_cosmos.documents import Documents
from mongo_to_cosmos.pacing import ChargeModel
from mongo_to_cosmos.parts import Counts, Part
from mongo_to_cosmos.progress import Amount, Progress
from mongo_to_cosmos.reader import read_ahead
from mongo_to_cosmos.seats import Seat
from mongo_to_cosmos.settings import Settings
from mongo_to_cosmos.slot_reader import Batch, EndOfRange, Idle, Slot, SlotReader
from mongo_to_cosmos.state import State, new_owner
from mongo_to_cosmos.writer import Writer
from mongo_to_cosmos.writers import MOST_AT_ONCE, Writers, inserts_at_once


def copy_slot(slot: Slot, run: str, settings: Settings, secrets: Secrets) -> Iterator[int]:
    """Copy ranges until nobody has any left; yield the documents that were sent for each."""
    # Charges are told for the last command of a connection: on an account this one is the writer's alone.
    connections = 1 if settings.target_kind == "cosmos-ru" else MOST_AT_ONCE
    with (
        connect(secrets.source) as source,
        connect(secrets.target, connections=connections) as target,
        connect(secrets.target) as state_client,
    ):
        state, owner = State(state_client, run, settings), new_owner()
        reader = SlotReader(slot, settings, source, state, owner)
        with (
            closing(Progress(lambda part: state.save(part, owner))) as progress,
            closing(_Copy(settings, target, state, owner, progress)) as copy,
            closing(read_ahead(reader.steps())) as steps,
        ):
            for step in steps:
                match step:
                    case Batch(part, documents):
                        copy.write(part, documents)
                    case EndOfRange(part):
                        yield copy.end(part)
                    case Idle():
                        copy.rest()
            progress.settle()


class _Copy:
    """Writes what a task reads, range by range."""

    def __init__(self, settings: Settings, target: Client, state: State, owner: str, progress: Progress) -> None:
        self._settings = settings
        self._target, self._state, self._owner = target, state, owner
        self._progress = progress
        self._at_once = inserts_at_once(target, settings)
        self._charges: dict[int, ChargeModel] = {}
        self._seat: Seat | None = None
        self._writers: Writers | None = None
        self._sent_before = 0

    def write(self, part: Part, documents: Documents) -> None:
        """Send them insert by insert; what is acknowledged is noted, and nothing else."""
        seat, writers = self._at(part)
        batch = Amount(writers.batch_documents, writers.batch_bytes)
        start = 0
        while start < len(documents):
            seat.refresh()
            end = writers.next_insert(documents, start)
            some = documents.part(start, end)
            if not self._progress.has_room_for(some, batch):
                self._acknowledge(part, writers.settle())
                self._progress.note(part)
                self._progress.settle()
            self._progress.sent(some)
            self._acknowledge(part, writers.write(some))
            if self._progress.is_due(batch):
                self._progress.note(part)
            start = end

    def end(self, part: Part) -> int:
        """Note that a range is done; return how many of its documents were sent."""
        _, writers = self._at(part)
        self._acknowledge(part, writers.settle())
        part.done = True
        self._progress.note(part)
        self._end_writers()
        return part.counts.sent - self._sent_before

    def rest(self) -> None:
        """Leave the budget to others, while there is nothing to do."""
        self._progress.settle()
        self._leave()

    def close(self) -> None:
        """Wait for what is under way, and leave."""
        self._end_writers()
        self._leave()

    def _acknowledge(self, part: Part, acknowledged: list[Documents]) -> None:
        for some in acknowledged:
            self._progress.acknowledged(part, some)

    def _at(self, part: Part) -> tuple[Seat, Writers]:
        settings, state = self._settings, self._state
        collection = settings.collections[part.collection]
        if self._seat is None or not self._seat.serves(collection):
            self._leave()
            self._seat = Seat(state, self._owner, collection)
        seat = self._seat
        if self._writers is None:
            charges = self._charges.setdefault(
                part.collection, ChargeModel(settings.charge_table, settings.ru_per_document)
            )

            def writer(counts: Counts) -> Writer:
                return Writer(self._target, collection, settings, state, counts, seat.budget, charges)

            self._writers = Writers(writer, part.counts, self._at_once)
            self._sent_before = part.counts.sent
        return seat, self._writers

    def _leave(self) -> None:
        if self._seat:
            self._seat.leave()
        self._seat = None

    def _end_writers(self) -> None:
        if self._writers:
            self._writers.close()
        self._writers = None
