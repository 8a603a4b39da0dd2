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

from mongo_to_cosmos.documents import Documents, Memory
from mongo_to_cosmos.raw_bson import ARRAY, DOCUMENT, Element, MalformedBsonError, elements

_INT32 = struct.Struct("<i")
_BATCHES = (b"firstBatch", b"nextBatch")
_EMPTY_ARRAY = b"\5\0\0\0\0"
# What stands in a reply before its documents: names, a cursor's number and namespace.
_HEAD_BYTES = 4096


def raw_batches(collection: Collection[RawBSONDocument], options: dict[str, Any]) -> RawBatchCursor[RawBSONDocument]:
    """Return a cursor over replies: each is `Documents`, or from PyMongo itself their bytes. `options`: of a `find`."""
    return _Cursor(collection, {}, **options)


class _Cursor(RawBatchCursor[RawBSONDocument]):
    def _unpack_response(self, response: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
        reply = reply_of(getattr(response, "payload_document", None))
        return super()._unpack_response(response, *args, **kwargs) if reply is None else [reply]


def reply_of(payload: Memory | memoryview | None) -> dict[str, Any] | None:
    """Return a cursor's reply whose documents stay where they are; None where it is none, or cannot be told."""
    if payload is None:
        return None
    head = bytes(payload[:_HEAD_BYTES])
    cursor = _find(head, 0, (b"cursor",), DOCUMENT)
    batch = cursor and _find(head, cursor.value_start, _BATCHES, ARRAY)
    if not cursor or not batch:
        return None
    # What documents are looked for in, which a view cannot do.
    memory = payload.obj if isinstance(payload, memoryview) else payload
    if not isinstance(memory, (bytes, bytearray)):
        return None
    start = len(memory) - len(payload)
    if memory[start : start + len(head)] != head:
        return None
    try:
        documents = Documents.of_array(memory, start + batch.value_start)
    except MalformedBsonError:
        return None
    # The same reply without its documents, which leaves little to decode.
    short = bytearray(head[: batch.value_start] + _EMPTY_ARRAY + payload[batch.value_end :])
    less = batch.value_end - batch.value_start - len(_EMPTY_ARRAY)
    for at in (0, cursor.value_start):
        _INT32.pack_into(short, at, _INT32.unpack_from(short, at)[0] - less)
    reply: dict[str, Any] = bson.decode(bytes(short))
    reply["cursor"][head[batch.name_start : batch.name_end].decode()] = [documents] if len(documents) else []
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
