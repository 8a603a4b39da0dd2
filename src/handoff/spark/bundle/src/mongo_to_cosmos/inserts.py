"""Sends inserts whose documents stay the bytes that they are, and costs next to nothing per document."""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from bson import encode
from bson.raw_bson import RawBSONDocument
from pymongo.errors import PyMongoError
from pymongo.synchronous.database import Database

from mongo_to_cosmos.connections import RAW_OPTIONS, REPLY_OPTIONS, patiently
from mongo_to_cosmos.documents import Documents, Memory
from mongo_to_cosmos.settings import Settings

# https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/#op_msg
_HEADER = struct.Struct("<iiiiI")
_INT32 = struct.Struct("<i")
_OP_MSG = 2013
_BODY, _SEQUENCE = b"\0", b"\1"
_ARRAY = b"\4documents\0"
_NAME = b"documents\0"
# The first with OP_MSG: 3.6 (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/#opcodes).
_LEAST_WIRE_VERSION = 6
# An array is part of its command, which like any document may hold 16 MB; the rest of it is small.
_MOST_ARRAY_BYTES = 16_000_000


class Inserter:
    """Inserts into one collection, unordered, acknowledged as firmly as its kind of target can."""

    def __init__(
        self,
        db: Database[dict[str, Any]],
        collection: str,
        settings: Settings,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Insert into the collection of that name in `db`."""
        self._db = db
        self._collection = collection
        self._sleep = sleep
        self._requests = count(1)
        # What PyMongo's own bulk writes go through; where it has no such thing, documents are handed to it one by one.
        self._connection: Callable[..., Any] | None = getattr(db.client, "_conn_for_writes", None)
        self.options: dict[str, Any] = {}
        if settings.target_kind != "cosmos-ru":
            self.options["writeConcern"] = {"w": "majority"}
        if settings.target_kind == "mongodb":
            # The source's documents were taken by the source's own rules.
            self.options["bypassDocumentValidation"] = True

    def insert(self, documents: Documents) -> Mapping[str, Any]:
        """Send once, again only where the connection went; return the reply, which may hold errors of documents."""
        reply = self._reply(documents)
        if unaccounted(reply, len(documents)) > 0:
            # However it came to that, it is not to be of this.
            self._connection = None
        return reply

    def _reply(self, documents: Documents) -> Mapping[str, Any]:
        # What arrived before the connection went is met again as equal. What is throttled is for the writer to pace.
        reply = patiently(
            lambda: self._in_one_piece(documents) or self._one_by_one(documents), self._sleep, most_throttled=0
        )
        if "writeConcernError" in reply:
            raise PyMongoError(f"not acknowledged for good: {reply['writeConcernError']}")
        return reply

    def _in_one_piece(self, documents: Documents) -> Mapping[str, Any] | None:
        """Return the reply to a message of our own on PyMongo's connection; None where that cannot be had."""
        if self._connection is None:
            return None
        with self._connection(None, "insert") as connection:
            can_send = hasattr(connection, "send_message") and hasattr(connection, "write_command")
            if not can_send or connection.max_wire_version < _LEAST_WIRE_VERSION:
                self._connection = None
                return None
            request = next(self._requests)
            command = {**self._command(), "$db": self._db.name}
            *pieces, last = message_of(request, command, documents)
            for piece in pieces:
                connection.send_message(piece, 0)
            reply: Mapping[str, Any] = connection.write_command(request, last, REPLY_OPTIONS)
            return reply

    def _one_by_one(self, documents: Documents) -> Mapping[str, Any]:
        sent = [RawBSONDocument(one, RAW_OPTIONS) for one in documents]
        return self._db.command({**self._command(), "documents": sent}, codec_options=REPLY_OPTIONS)

    def _command(self) -> dict[str, Any]:
        return {"insert": self._collection, "ordered": False, **self.options}


def message_of(request: int, command: dict[str, Any], documents: Documents) -> list[Memory | memoryview]:
    """Return an insert as an OP_MSG, in pieces: the array of a reply as it is, or documents one after another."""
    body = encode(command)
    array = documents.array
    after: list[bytes] = []
    data: Memory | memoryview
    if array is not None and len(array) <= _MOST_ARRAY_BYTES:
        fields = body[4:-1] + _ARRAY
        before = _BODY + _INT32.pack(_INT32.size + len(fields) + len(array) + 1) + fields
        data, after = array, [b"\0"]
    else:
        data = documents.together()
        before = _BODY + body + _SEQUENCE + _INT32.pack(_INT32.size + len(_NAME) + len(data)) + _NAME
    length = _HEADER.size + len(before) + len(data) + sum(map(len, after))
    return [_HEADER.pack(length, request, 0, _OP_MSG, 0) + before, data, *after]


def unaccounted(reply: Mapping[str, Any], sent: int) -> int:
    """Return how many documents a reply counts neither as inserted nor as failed."""
    return max(0, sent - int(reply.get("n", 0)) - len(reply.get("writeErrors", [])))
