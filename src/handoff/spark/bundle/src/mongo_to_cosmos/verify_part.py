"""Compares both sides by the bytes of every document, and tells differences by `_id`.

Each range is read on both sides and its documents' digests are added up; where the sums of both sides agree,
so do the documents. Ranges that differ are read again for the digest of each `_id`. Where a server does not
read ranges, documents are put into groups by their `_id`s' digests instead, and groups take the ranges' place.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from bson import decode
from bson.errors import BSONError
from bson.json_util import CANONICAL_JSON_OPTIONS, dumps, loads

from mongo_to_cosmos.connections import Secrets, connect, raw_collection
from mongo_to_cosmos.documents import Documents
from mongo_to_cosmos.parts import Part
from mongo_to_cosmos.raw_bson import id_document, raw_id
from mongo_to_cosmos.reader import read_ahead, read_part
from mongo_to_cosmos.settings import CollectionSettings, Settings
from mongo_to_cosmos.slot_reader import reply_documents

Side = Literal["source", "target"]

DIGEST_BYTES = 16
_MODULUS = 1 << (8 * DIGEST_BYTES)
# Groups of a collection that is read in one pass: a difference then costs a 4,096th of it in memory.
GROUPS = 4096
# The first of a collection's differences are named, the others counted.
NAMED = 100
# Documents of a collection whose `_id`s are brought to the driver; beyond them differences are only counted.
LOCATED = 1_000_000
# Of a read, by the table of Microsoft for 1 KB (understand-request-unit-consumption, 2026-04-21), and per KB above.
_READ_RU, _READ_RU_PER_KB = 1.0, 0.1
# The rest is left to whoever uses the account meanwhile.
_READ_SHARE = 0.8
_HEX_DIGITS = 512


@dataclass
class Sum:
    """Documents of one range or group on one side."""

    documents: int = 0
    bytes: int = 0
    digest: int = 0

    def add(self, other: Sum) -> None:
        """Take the other's documents in."""
        self.documents += other.documents
        self.bytes += other.bytes
        self.digest = (self.digest + other.digest) % _MODULUS


@dataclass(frozen=True)
class Reading:
    """A range to read on one side."""

    side: Side
    part: Part
    by_group: bool
    share: float
    """Of the collection's request units, for reads of the target."""
    excluded: frozenset[bytes] = frozenset()
    """`_id`s of dead letters: neither side's count."""


@dataclass
class Summed:
    """What a reading found: sums by range number, or by group."""

    collection: int
    side: Side
    sums: dict[int, Sum] = field(default_factory=dict)
    excluded: int = 0


def digest_of(document: bytes) -> int:
    """Return the digest of a document's bytes."""
    return int.from_bytes(hashlib.blake2b(document, digest_size=DIGEST_BYTES).digest(), "little")


def group_of(identifier: bytes) -> int:
    """Return the group of an `_id`."""
    return digest_of(identifier) % GROUPS


def sum_readings(readings: Iterable[Reading], settings: Settings, secrets: Secrets) -> Iterator[Summed]:
    """Read ranges and add them up."""
    for reading in readings:
        summed = Summed(reading.part.collection, reading.side)
        for documents in _read(reading, settings, secrets):
            for document in documents:
                key = reading.part.number
                if reading.by_group or reading.excluded:
                    identifier = raw_id(document)
                    if identifier in reading.excluded:
                        summed.excluded += 1
                        continue
                    if reading.by_group:
                        key = group_of(identifier)
                found = summed.sums.get(key)
                if found is None:
                    found = summed.sums[key] = Sum()
                found.documents += 1
                found.bytes += len(document)
                found.digest += digest_of(document)
        yield summed


def locate(
    readings: Iterable[tuple[Reading, frozenset[int]]], settings: Settings, secrets: Secrets
) -> Iterator[tuple[int, Side, bytes, int]]:
    """Read what differs again; yield collection, side, `_id` and digest of each of its documents."""
    for reading, wanted in readings:
        for documents in _read(reading, settings, secrets):
            for document in documents:
                identifier = raw_id(document)
                if identifier in reading.excluded:
                    continue
                if not reading.by_group or group_of(identifier) in wanted:
                    yield reading.part.collection, reading.side, identifier, digest_of(document)


def _read(reading: Reading, settings: Settings, secrets: Secrets) -> Iterator[Documents]:
    collection = settings.collections[reading.part.collection]
    is_source = reading.side == "source"
    client = connect(secrets.source if is_source else secrets.target)
    try:
        raw = (
            raw_collection(client, collection.source, settings)
            if is_source
            else raw_collection(client, collection.target)
        )
        pace = None if is_source else _Pace(collection, reading.share).wait
        yield from read_ahead(read_part(raw, reading.part, reply_documents(collection), pace=pace))
    finally:
        client.close()


class _Pace:
    def __init__(self, collection: CollectionSettings, share: float) -> None:
        self._rate = (collection.ru_per_second or 0) * share * _READ_SHARE
        self._due = time.monotonic()

    def wait(self, documents: Documents) -> None:
        if self._rate <= 0:
            return
        ru = sum(max(_READ_RU, _READ_RU_PER_KB * size / 1024) for size in documents.sizes())
        self._due = max(self._due, time.monotonic() - 1.0) + ru / self._rate
        time.sleep(max(0.0, self._due - time.monotonic()))


@dataclass
class Comparison:
    """Both sides of one collection, put together on the driver."""

    source: dict[int, Sum] = field(default_factory=dict)
    target: dict[int, Sum] = field(default_factory=dict)
    excluded: dict[Side, int] = field(default_factory=lambda: {"source": 0, "target": 0})

    def take(self, summed: Summed) -> None:
        """Add a reading."""
        mine = self.source if summed.side == "source" else self.target
        for key, one in summed.sums.items():
            mine.setdefault(key, Sum()).add(one)
        self.excluded[summed.side] += summed.excluded

    def differing(self) -> frozenset[int]:
        """Return the ranges or groups whose sums disagree."""
        keys = self.source.keys() | self.target.keys()
        return frozenset(key for key in keys if self.source.get(key, Sum()) != self.target.get(key, Sum()))

    def to_locate(self, most: int) -> frozenset[int]:
        """Return those of them, at least one, that hold no more than `most` documents together."""
        chosen: set[int] = set()
        for key in sorted(self.differing()):
            most -= self.source.get(key, Sum()).documents + self.target.get(key, Sum()).documents
            if chosen and most < 0:
                break
            chosen.add(key)
        return frozenset(chosen)

    def rest(self, looked_at: frozenset[int]) -> list[tuple[int, int]]:
        """Return the documents of source and target in those that are not looked at again."""
        return [
            (self.source.get(key, Sum()).documents, self.target.get(key, Sum()).documents)
            for key in sorted(self.differing() - looked_at)
        ]


@dataclass
class Difference:
    """Documents of one collection that differ."""

    source: dict[bytes, int] = field(default_factory=dict)
    target: dict[bytes, int] = field(default_factory=dict)
    rest: list[tuple[int, int]] = field(default_factory=list)
    """Documents of ranges or groups that were only counted: at least the difference is missing or extra."""

    def as_result(self) -> dict[str, Any]:
        """Return totals and the first `_id`s by kind."""
        missing = sorted(self.source.keys() - self.target.keys())
        extra = sorted(self.target.keys() - self.source.keys())
        common = self.source.keys() & self.target.keys()
        different = sorted(one for one in common if self.source[one] != self.target[one])
        kinds = [("missing", missing), ("extra", extra), ("different", different)]
        named = [(kind, one) for kind, found in kinds for one in found[:NAMED]][:NAMED]
        return {
            "missing": len(missing) + sum(max(0, here - there) for here, there in self.rest),
            "extra": len(extra) + sum(max(0, there - here) for here, there in self.rest),
            "different": len(different) + sum(1 for here, there in self.rest if here == there),
            "exact": not self.rest,
            "documents": [
                {"kind": kind, "id": extended_json(one), "idHex": one.hex()[:_HEX_DIGITS]} for kind, one in named
            ],
        }


def extended_json(identifier: bytes) -> str:
    """Return an `_id` as canonical Extended JSON in text; `null` where it cannot be decoded."""
    try:
        value = decode(id_document(identifier))["_id"]
        text = dumps(value, json_options=CANONICAL_JSON_OPTIONS)
        loads(text)
    except (BSONError, ValueError, OverflowError, TypeError, IndexError):
        return "null"
    return text


def result_of(
    collection: CollectionSettings,
    comparison: Comparison,
    difference: Difference,
    *,
    dead_letters: int,
    by_group: bool,
    ranges: int,
    seconds: float,
) -> dict[str, Any]:
    """Return what is reported of one collection."""

    def side(sums: dict[int, Sum]) -> dict[str, Any]:
        total = Sum()
        for one in sums.values():
            total.add(one)
        digest = total.digest.to_bytes(DIGEST_BYTES, "big").hex()
        return {"documents": total.documents, "bytes": total.bytes, "digest": digest}

    found = difference.as_result()
    is_equal = not comparison.differing()
    return {
        "ns": str(collection.target),
        "source": str(collection.source),
        "kind": "equal" if is_equal else "different",
        "evidence": {
            "source": side(comparison.source),
            "target": side(comparison.target),
            "ranges": 1 if by_group else ranges,
            "seconds": seconds,
            "deadLettered": {
                "known": dead_letters,
                "onSource": comparison.excluded["source"],
                "onTarget": comparison.excluded["target"],
            },
        },
        "differences": found,
    }
