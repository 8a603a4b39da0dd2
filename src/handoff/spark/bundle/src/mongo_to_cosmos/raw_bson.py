"""Walks BSON in place (https://bsonspec.org/spec.html), so that no document is decoded on its way.

Decoding and encoding again changes documents: duplicate names collapse, far dates and invalid UTF-8 fail.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from bson import decode, encode
from bson.codec_options import CodecOptions, DatetimeConversion
from bson.errors import BSONError
from bson.raw_bson import RawBSONDocument

DOCUMENT = 0x03
ARRAY = 0x04
BOOLEAN = 0x08
TIMESTAMP = 0x11

_INT32 = struct.Struct("<i")
_EMPTY_TIMESTAMP = bytes(8)
_FIXED_LENGTHS = {
    0x01: 8,
    0x06: 0,
    0x07: 12,
    0x08: 1,
    0x09: 8,
    0x0A: 0,
    0x10: 4,
    0x11: 8,
    0x12: 8,
    0x13: 16,
    0x7F: 0,
    0xFF: 0,
}
# What the length in front of a value leaves out: itself, a subtype, an ObjectId.
_PREFIXED_LENGTHS = {0x02: 4, 0x03: 0, 0x04: 0, 0x05: 5, 0x0C: 16, 0x0D: 4, 0x0E: 4, 0x0F: 0}
_REGEX = 0x0B

_EXACT: CodecOptions[dict[str, object]] = CodecOptions(datetime_conversion=DatetimeConversion.DATETIME_AUTO)


class MalformedBsonError(ValueError):
    """Bytes that are not BSON."""


class Element(NamedTuple):
    """Where one field of a document lies."""

    kind: int
    name_start: int
    name_end: int
    value_start: int
    value_end: int


def elements(document: bytes, start: int = 0) -> Iterator[Element]:
    """Walk the fields on the top level of the document that begins at `start`."""
    position, limit = start + 4, start + int(_INT32.unpack_from(document, start)[0]) - 1
    while position < limit:
        kind = document[position]
        name_end = document.index(0, position + 1)
        value_start = name_end + 1
        value_end = value_start + _value_length(document, kind, value_start)
        if value_end > limit:
            raise MalformedBsonError("a value is longer than its document")
        yield Element(kind, position + 1, name_end, value_start, value_end)
        position = value_end


def _value_length(document: bytes, kind: int, start: int) -> int:
    fixed = _FIXED_LENGTHS.get(kind)
    if fixed is not None:
        return fixed
    rest = _PREFIXED_LENGTHS.get(kind)
    if rest is not None:
        return int(_INT32.unpack_from(document, start)[0]) + rest
    if kind == _REGEX:
        return document.index(0, document.index(0, start) + 1) + 1 - start
    raise MalformedBsonError(f"a value of the unknown type {kind}")


def raw_id(document: bytes) -> bytes:
    """Return type byte and value bytes of `_id`, empty where the document has none."""
    if document[5:9] == b"_id\0":  # MongoDB puts it first
        kind = document[4]
        return document[4:5] + document[9 : 9 + _value_length(document, kind, 9)]
    for found in elements(document):
        if document[found.name_start : found.name_end] == b"_id":
            return bytes([found.kind]) + document[found.value_start : found.value_end]
    return b""


def raw_document(*fields: tuple[str, int, bytes]) -> bytes:
    """Build a document from names, types and the bytes of values."""
    body = b"".join(bytes([kind]) + name.encode() + b"\0" + value for name, kind, value in fields)
    return _INT32.pack(len(body) + 5) + body + b"\0"


def id_document(identifier: bytes) -> bytes:
    """Return `{_id: ...}` around an `_id` as `raw_id` gives it."""
    return raw_document(("_id", identifier[0], identifier[1:]))


def bound_of(identifier: bytes) -> object | None:
    """Return the value of an `_id` for a cursor's `min` or `max`, None where no value says it exactly."""
    if not identifier:
        return None
    if identifier[0] == DOCUMENT:
        return RawBSONDocument(identifier[1:])
    whole = id_document(identifier)
    try:
        value = decode(whole, _EXACT)["_id"]
        return value if value is not None and encode({"_id": value}) == whole else None
    except (BSONError, ValueError, OverflowError):
        return None


def value_at(document: bytes, path: str) -> tuple[int, bytes] | None:
    """Return type and bytes of the value at a dotted path through embedded documents, not arrays."""
    head, _, rest = path.partition(".")
    name = head.encode()
    for found in elements(document):
        if document[found.name_start : found.name_end] == name:
            value = document[found.value_start : found.value_end]
            if not rest:
                return found.kind, value
            return value_at(value, rest) if found.kind == DOCUMENT else None
    return None


def has_empty_timestamp(document: bytes) -> bool:
    """Tell whether a server would fill a timestamp in on insert: Timestamp(0, 0) on the top level."""
    # https://www.mongodb.com/docs/manual/reference/bson-types/#timestamps
    if _EMPTY_TIMESTAMP not in document:
        return False
    return any(_is_empty_timestamp(document, found) for found in elements(document))


def _is_empty_timestamp(document: bytes, found: Element) -> bool:
    return (
        found.kind == TIMESTAMP
        and document[found.value_start : found.value_end] == _EMPTY_TIMESTAMP
        and document[found.name_start : found.name_end] != b"_id"
    )


def equal_but_empty_timestamps(original: bytes, stored: bytes) -> bool:
    """Compare byte by byte, but for the timestamps that the server has filled in."""
    if original == stored:
        return True
    if len(original) != len(stored):
        return False
    position = 0
    for found in elements(original):
        if _is_empty_timestamp(original, found):
            if original[position : found.value_start] != stored[position : found.value_start]:
                return False
            position = found.value_end
    return original[position:] == stored[position:]


def has_dollar_name(document: bytes) -> bool:
    """Tell whether a field on the top level begins with a dollar: a server takes it for an operator."""
    return any(document[found.name_start] == 0x24 for found in elements(document))
