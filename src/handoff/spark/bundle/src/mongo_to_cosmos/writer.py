"""Writes documents' bytes to the target until each is there, or a dead letter."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections.abc import Callable, Mapping
from itertools import accumulate
from typing import Any

from pymongo.errors import DocumentTooLarge, OperationFailure, PyMongoError

from mongo_to_cosmos.conflicts import MOST_REPEATS, Conflicts
from mongo_to_cosmos.connections import Client, refusal_of
from mongo_to_cosmos.documents import Documents
from mongo_to_cosmos.inserts import Inserter, unaccounted
from mongo_to_cosmos.pacing import ChargeModel, RuBudget
from mongo_to_cosmos.parts import Counts
from mongo_to_cosmos.server_errors import (
    OBJECT_TOO_LARGE,
    ServerRefusal,
    is_known_to_be_of_one_document,
    meaning_of_command_error,
    meaning_of_write_error,
    wait_seconds,
)
from mongo_to_cosmos.settings import CollectionSettings, Settings
from mongo_to_cosmos.state import State

# The largest batch of mongorestore: one bad batch among good ones never makes so many in a row.
_MOST_REFUSED_IN_A_ROW = 1_000
# Charges are asked for at each batch until they are known, then now and then: asking takes a round trip.
_CHARGE_EVERY = 8
_CHARGE_FIRST = 5
_GROWTH = 2.0
# Replies in a row that account for less than was sent: with the waits in between, some seconds.
_MOST_SILENT = 10
_NONE = Documents(b"")
_SILENT = ServerRefusal(0, "the target neither acknowledged nor refused some documents")


class HopelessError(RuntimeError):
    """The target refuses all that comes, for no reason that is known to be in the documents."""


class Writer:
    """Writes one collection, one batch at a time. Not for use by several threads."""

    def __init__(
        self,
        client: Client,
        collection: CollectionSettings,
        settings: Settings,
        state: State,
        counts: Counts,
        budget: RuBudget | None,
        charges: ChargeModel,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`client`: with one connection alone where `budget` is given, since charges are told by connection."""
        self._db = client[collection.target.db]
        self._collection = collection
        self._settings = settings
        self._state = state
        self._counts = counts
        self._budget = budget
        self._sleep = sleep
        self._charges = charges
        self._size = settings.batch_documents
        self._refused_in_a_row = 0
        self._silent_in_a_row = 0
        self._inserts = 0
        # How often those documents were sent that were throttled.
        self._tries: dict[bytes, int] = {}
        self._inserter = Inserter(self._db, collection.target.coll, settings, sleep)
        self._conflicts = Conflicts(
            client,
            collection,
            settings.conflict_policy,
            state,
            counts,
            options=self._inserter.options,
            refuse=self._refuse,
            sleep=sleep,
        )

    @property
    def batch_documents(self) -> int:
        """Documents between two notes of progress: an account, which is slow, is noted after each insert."""
        return 1 if self._budget else self._settings.batch_documents

    @property
    def batch_bytes(self) -> int:
        """Bytes between two notes of progress."""
        return self._settings.batch_bytes

    def next_insert(self, documents: Documents, start: int) -> int:
        """Return the end of the insert that begins at `start`: within documents, bytes and request units."""
        some = documents.part(start, start + self._size)
        fit = some.within(self._settings.batch_bytes)
        if self._budget:
            charges = list(accumulate(map(self._charges.expect, some.sizes())))
            fit = min(fit, bisect_right(charges, self._budget.share / 4))
        return start + max(1, fit)

    def write(self, documents: Documents) -> None:
        """Return when each document is acknowledged, there already, left by the plan's policy, or kept."""
        pending = self._without_too_large(documents)
        throttled_in_a_row = 0
        while len(pending):
            batch, rest = pending.part(0, self._size), pending.part(self._size)
            again, refusal = self._send(batch)
            pending = again.followed_by(rest)
            if refusal is None:
                throttled_in_a_row = 0
                self._size = min(self._settings.batch_documents, int(self._size * _GROWTH) + 1)
                continue
            throttled_in_a_row = throttled_in_a_row + 1 if len(again) == len(batch) else 1
            if throttled_in_a_row > MOST_REPEATS:
                raise HopelessError(f"throttled without an end: {refusal.message}")
            if len(again) == len(batch):
                self._size = max(1, self._size // 2)
            self._sleep(wait_seconds(throttled_in_a_row, refusal))
        self._tries.clear()

    def _without_too_large(self, documents: Documents) -> Documents:
        limit = self._collection.dead_letter_over
        if limit is None or max(documents.sizes(), default=0) <= limit:
            return documents
        for document in documents:
            if len(document) > limit:
                message = f"document of {len(document)} bytes, the plan sends none over {limit}"
                self._keep(document, ServerRefusal(OBJECT_TOO_LARGE, message), attempts=0)
        return Documents.of(document for document in documents if len(document) <= limit)

    def _send(self, batch: Documents) -> tuple[Documents, ServerRefusal | None]:
        """Send once. Return what was throttled, to be sent again, and how that was said."""
        by_table = expected = 0.0
        if self._budget:
            by_table = sum(map(self._charges.by_table, batch.sizes()))
            expected = sum(map(self._charges.expect, batch.sizes()))
            self._budget.take(expected)
        self._counts.sent += len(batch)
        try:
            reply = self._inserter.insert(batch)
        except DocumentTooLarge as error:
            return self._divide(batch, ServerRefusal(OBJECT_TOO_LARGE, str(error)))
        except OperationFailure as error:
            refusal = refusal_of(error)
            meaning = meaning_of_command_error(refusal)
            if meaning == "throttled":
                self._observe(len(batch), len(batch), expected, by_table, asks=False)
                return self._again(batch), refusal
            if meaning == "fatal":
                raise
            return self._divide(batch, refusal)
        return self._settle(batch, reply, expected, by_table)

    def _again(self, throttled: Documents) -> Documents:
        for document in throttled:
            self._tries[document] = self._tries.get(document, 0) + 1
        return throttled

    def _divide(self, batch: Documents, refusal: ServerRefusal) -> tuple[Documents, ServerRefusal | None]:
        """Send the halves of a batch of which one document is at fault, which one is not said."""
        if len(batch) == 1:
            self._refuse(batch[0], refusal)
            return _NONE, None
        middle = len(batch) // 2
        again = _NONE
        told: ServerRefusal | None = None
        for half in (batch.part(0, middle), batch.part(middle)):
            throttled, said = self._send(half)
            again = again.followed_by(throttled)
            told = said or told
        return again, told

    def _settle(
        self, batch: Documents, reply: Mapping[str, Any], expected: float, by_table: float
    ) -> tuple[Documents, ServerRefusal | None]:
        throttled: list[bytes] = []
        duplicates: list[bytes] = []
        told: ServerRefusal | None = None
        failed: set[int] = set()
        refused: list[tuple[bytes, ServerRefusal]] = []
        for error in reply.get("writeErrors", []):
            document = batch[error["index"]]
            failed.add(error["index"])
            refusal = ServerRefusal(int(error["code"]), str(error.get("errmsg", "")))
            meaning = meaning_of_write_error(refusal)
            if meaning == "throttled":
                throttled.append(document)
                told = refusal
            elif meaning == "duplicate":
                duplicates.append(document)
            elif meaning == "fatal":
                raise OperationFailure(refusal.message, refusal.code)
            else:
                refused.append((document, refusal))
        self._observe(len(batch), len(throttled), expected, by_table, asks=not duplicates)
        again = self._again(Documents.of(throttled))
        written = Documents.of(one for at, one in enumerate(batch) if at not in failed) if failed else batch
        if unaccounted(reply, len(batch)) == 0:
            self._arrived(written)
        else:
            again, told = again.followed_by(self._silence(written)), told or _SILENT
        for document, refusal in refused:
            self._refuse(document, refusal)
        if self._conflicts.resolve(duplicates) > 0:
            self._refused_in_a_row = 0
        return again, told

    def _silence(self, unknown: Documents) -> Documents:
        """Send again what a reply does not account for: what was written shows as an equal duplicate."""
        self._silent_in_a_row += 1
        if self._silent_in_a_row > _MOST_SILENT:
            raise HopelessError(f"{self._collection.target}: {_SILENT.message}")
        return unknown

    def _arrived(self, batch: Documents) -> None:
        self._silent_in_a_row = 0
        if not len(batch):
            return
        self._refused_in_a_row = 0
        self._counts.acknowledged += len(batch)
        self._counts.bytes += batch.size
        for document in batch.with_empty_timestamps():
            self._conflicts.replace(document)

    def _refuse(self, document: bytes, refusal: ServerRefusal) -> None:
        self._keep(document, refusal, attempts=self._tries.get(document, 0) + 1)
        if is_known_to_be_of_one_document(refusal):
            return
        self._refused_in_a_row += 1
        if self._refused_in_a_row >= _MOST_REFUSED_IN_A_ROW:
            self._state.fail(
                "hopeless",
                ns=str(self._collection.target),
                documents=self._refused_in_a_row,
                code=refusal.code,
                message=refusal.message[:1000],
            )
            raise HopelessError(f"{self._collection.target} refuses everything: {refusal.message}")

    def _keep(self, document: bytes, refusal: ServerRefusal, *, attempts: int) -> None:
        self._state.add_dead_letter(self._collection.target, document, refusal, attempts)
        self._counts.dead_lettered += 1

    def _observe(self, sent: int, throttled: int, expected: float, by_table: float, *, asks: bool) -> None:
        self._counts.throttled += throttled
        if not self._budget:
            return
        self._budget.observe(sent, throttled)
        self._inserts += 1
        knows = self._charges.readings >= _CHARGE_FIRST and self._inserts % _CHARGE_EVERY != 0
        # What was refused cost next to nothing: a share of what was expected is given back.
        charged = expected * (sent - throttled) / sent
        if asks and throttled == 0 and not knows:
            charged = self._last_charge() or charged
            self._charges.learn(by_table, charged)
        self._budget.settle(expected, charged)
        self._counts.ru += charged

    def _last_charge(self) -> float | None:
        try:
            reply = self._db.command("getLastRequestStatistics", 1)
        except PyMongoError:
            # Without figures the table has to do.
            return None
        charge = reply.get("RequestCharge")
        return float(charge) if charge else None
