"""Ranges of `_id`, what became of their documents, and how both are written down."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from bson import Binary

from mongo_to_cosmos.raw_bson import id_document, raw_id

# Ranges of one collection have consecutive numbers: 10 TB in ranges of 96 MB are 110,000.
_MOST_RANGES = 1_000_000


@dataclass
class Counts:
    """What became of a range's documents so far."""

    acknowledged: int = 0
    already_there: int = 0
    conflicts: int = 0
    dead_lettered: int = 0
    throttled: int = 0
    sent: int = 0
    bytes: int = 0
    ru: float = 0.0


@dataclass
class Part:
    """A range of `_id`, or a whole collection where its server does not read ranges."""

    number: int
    collection: int
    whole: bool
    """Read in one pass: `lower` and `upper` are open, and going on means to skip."""
    lower: bytes | None = None
    """`_id` as `raw_id` gives it; None is open. The lower one belongs to the range, the upper not."""
    upper: bytes | None = None
    is_rest: bool = False
    """What was left of a range that was too long: nobody knows how long this one is."""
    last: bytes | None = None
    """The last `_id` that the target has acknowledged, with all before it."""
    done: bool = False
    counts: Counts = field(default_factory=Counts)


def part_number(collection: int, position: int) -> int:
    """Return the number of a collection's range."""
    if position >= _MOST_RANGES:
        raise ValueError(f"more than {_MOST_RANGES} ranges")
    return collection * _MOST_RANGES + position


def binary_of(identifier: bytes | None) -> Binary | None:
    """Return an `_id` as it is written down."""
    return Binary(id_document(identifier)) if identifier else None


def document_of(part: Part) -> dict[str, Any]:
    """Return a range as it is written down at first."""
    return {
        "_id": part.number,
        "collection": part.collection,
        "whole": part.whole,
        "lower": binary_of(part.lower),
        "upper": binary_of(part.upper),
        "isRest": part.is_rest,
        "last": binary_of(part.last),
        "done": part.done,
        "attempts": 0,
        "owner": None,
        "slot": None,
        "counts": asdict(part.counts),
    }


def part_of(one: dict[str, Any]) -> Part:
    """Return a range from what is written down."""

    def identifier(name: str) -> bytes | None:
        return raw_id(bytes(one[name])) if one[name] is not None else None

    return Part(
        number=one["_id"],
        collection=one["collection"],
        whole=one["whole"],
        lower=identifier("lower"),
        upper=identifier("upper"),
        is_rest=one.get("isRest", False),
        last=identifier("last"),
        done=one["done"],
        counts=Counts(**one["counts"]),
    )
