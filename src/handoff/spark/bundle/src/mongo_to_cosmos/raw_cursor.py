"""Reads replies of documents as they come, in the place of PyMongo, which makes an object for each document first.

That object costs more than all else that a task does to a document. What is replaced is one method of PyMongo's raw
cursor, which it calls with each reply. Where another PyMongo does not call it, or hands something else in, its own
way is taken, and the documents are the same.
"""

from __future__ import annotations

import struct
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument
from pymongo.cursor import RawBatchCursor
from pymongo.synchronous.collection import Collection

from mongo_to_cosmos.raw_bson import ARRAY, DOCUMENT, Element, elements

_INT32 = struct.Struct("<i")
_BATCHES = (b"firstBatch", b"nextBatch")
_EMPTY_ARRAY = b"\5\0\0\0\0"
# What stands in a reply before its documents: names, a cursor's number and namespace.
_HEAD_BYTES = 4096
# Lays the documents of a BSON array one after another.
_to_run: Any = getattr(bson, "_array_of_documents_to_buffer", None)


def raw_batches(collection: Collection[RawBSONDocument], options: dict[str, Any]) -> RawBatchCursor[RawBSONDocument]:
    """Return a cursor over runs of documents' bytes. `options`: of a `find`."""
    return _Cursor(collection, {}, **options)


class _Cursor(RawBatchCursor[RawBSONDocument]):
    def _unpack_response(self, response: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        reply = reply_of(getattr(response, "payload_document", None))
        return super()._unpack_response(response, *args, **kwargs) if reply is None else [reply]


def reply_of(payload: bytes | memoryview | None) -> dict[str, Any] | None:
    """Return a cursor's reply with its documents in one piece; None where it is none, or cannot be told."""
    if payload is None or _to_run is None:
        return None
    head = bytes(payload[:_HEAD_BYTES])
    cursor = _find(head, 0, (b"cursor",), DOCUMENT)
    batch = cursor and _find(head, cursor.value_start, _BATCHES, ARRAY)
    if not cursor or not batch:
        return None
    # The same reply without its documents, which leaves little to decode.
    short = bytearray(head[: batch.value_start] + _EMPTY_ARRAY + payload[batch.value_end :])
    less = batch.value_end - batch.value_start - len(_EMPTY_ARRAY)
    for start in (0, cursor.value_start):
        _INT32.pack_into(short, start, _INT32.unpack_from(short, start)[0] - less)
    reply: dict[str, Any] = bson.decode(bytes(short))
    run = _to_run(payload[batch.value_start : batch.value_end])
    reply["cursor"][head[batch.name_start : batch.name_end].decode()] = [run] if run else []
    return reply


def _find(head: bytes, start: int, names: tuple[bytes, ...], kind: int) -> Element | None:
    """Return a field of a document of which no more than its beginning is at hand."""
    try:
        for one in elements(head, start):
            if one.kind == kind and head[one.name_start : one.name_end] in names:
                return one
    except (IndexError, ValueError, struct.error):
        # It goes on beyond what is at hand.
        pass
    return None
