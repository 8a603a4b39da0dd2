"""Reads a range, or what is left of it, as documents' bytes in the order of `_id`."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Generator, Iterator
from typing import Any, TypeVar

from bson.raw_bson import RawBSONDocument
from pymongo.errors import ConnectionFailure, CursorNotFound, OperationFailure
from pymongo.synchronous.collection import Collection

from mongo_to_cosmos.connections import refusal_of
from mongo_to_cosmos.documents import Documents
from mongo_to_cosmos.parts import Part
from mongo_to_cosmos.raw_bson import bound_of, raw_id
from mongo_to_cosmos.raw_cursor import raw_batches
from mongo_to_cosmos.server_errors import meaning_of_command_error, wait_seconds

T = TypeVar("T")

# Replies that wait in memory while one is written: enough to hide the way to the source.
_READ_AHEAD = 2
# In a row, without a single document in between; each waits longer.
_MOST_FAILURES = 60


class _End:
    """Nothing comes after this."""


class _Failure:
    def __init__(self, error: BaseException) -> None:
        self.error = error


def read_part(
    collection: Collection[RawBSONDocument],
    part: Part,
    batch_documents: int,
    *,
    sleep: Callable[[float], None] = time.sleep,
    pace: Callable[[Documents], None] | None = None,
) -> Generator[Documents, None, None]:
    """Yield the documents after `part.last`, reply by reply.

    A lost cursor, a failover and a throttled read are gone on from where they were. `pace` is told of each
    reply before the next one is asked for.
    """
    last, failures = part.last, 0
    while True:
        try:
            for documents in _open(collection, part, last, batch_documents):
                failures = 0
                last = raw_id(documents[-1])
                yield documents
                if pace:
                    pace(documents)
            return
        except (ConnectionFailure, CursorNotFound):
            failures += 1
            if failures > _MOST_FAILURES:
                raise
            sleep(wait_seconds(failures, None))
        except OperationFailure as error:
            refusal = refusal_of(error)
            failures += 1
            if meaning_of_command_error(refusal) != "throttled" or failures > _MOST_FAILURES:
                raise
            sleep(wait_seconds(failures, refusal))


def read_ahead(replies: Iterator[T]) -> Generator[T, None, None]:
    """Read in a thread of its own, so that reading and writing wait for their servers at the same time."""
    waiting: queue.Queue[T | _Failure | _End] = queue.Queue(_READ_AHEAD)
    stopped = threading.Event()

    def put(item: T | _Failure | _End) -> bool:
        while not stopped.is_set():
            try:
                waiting.put(item, timeout=0.2)
                return True
            except queue.Full:
                continue
        return False

    def fill() -> None:
        try:
            for reply in replies:
                if not put(reply):
                    return
            put(_End())
        except BaseException as error:
            put(_Failure(error))

    thread = threading.Thread(target=fill, daemon=True)
    thread.start()
    try:
        while not isinstance(item := waiting.get(), _End):
            if isinstance(item, _Failure):
                raise item.error
            yield item
    finally:
        stopped.set()
        thread.join()


def _open(
    collection: Collection[RawBSONDocument], part: Part, last: bytes | None, batch_documents: int
) -> Iterator[Documents]:
    options: dict[str, Any] = {"batch_size": batch_documents}
    starts_at_last = False
    if part.whole:
        options["sort"] = [("_id", 1)]
    else:
        options["hint"] = [("_id", 1)]
        starts_at_last = last is not None and bound_of(last) is not None
        start = last if starts_at_last else part.lower
        if start is not None:
            options["min"] = {"_id": bound_of(start)}
        if part.upper is not None:
            options["max"] = {"_id": bound_of(part.upper)}
    skip_until = None if starts_at_last else last
    is_first = True
    with raw_batches(collection, options) as cursor:
        for reply in cursor:
            documents = reply if isinstance(reply, Documents) else Documents(reply)
            if is_first and starts_at_last and len(documents) and raw_id(documents[0]) == last:
                documents = documents.part(1)  # `min` includes it
            is_first = False
            if skip_until is not None:
                documents, skip_until = _skip(documents, skip_until)
            if len(documents):
                yield documents
    if skip_until is not None:
        # The document to go on from is gone from the source: all is read, and what is there compared.
        yield from _open(collection, part, None, batch_documents)


def _skip(documents: Documents, until: bytes) -> tuple[Documents, bytes | None]:
    for at, document in enumerate(documents):
        if raw_id(document) == until:
            return documents.part(at + 1), None
    return documents.part(len(documents)), until
