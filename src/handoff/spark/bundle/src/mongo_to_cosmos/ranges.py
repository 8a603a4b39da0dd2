"""Cuts a collection into ranges of `_id` that can be read, and read again, by themselves.

Bounds are a cursor's `min` and `max` with the `_id` index, which go through all BSON types in order.
`$gt` and `$lt` only see one type: a copy by them loses documents where `_id`s are of several.
"""

from __future__ import annotations

from bson.raw_bson import RawBSONDocument
from pymongo.errors import OperationFailure
from pymongo.synchronous.collection import Collection

from mongo_to_cosmos.connections import patiently, refusal_of
from mongo_to_cosmos.parts import Part, part_number
from mongo_to_cosmos.raw_bson import bound_of, raw_id
from mongo_to_cosmos.server_errors import meaning_of_command_error
from mongo_to_cosmos.settings import CollectionSettings, Settings

# `$sample` walks at random below 5 % of a collection (MongoDB manual, $sample), and sorts all of it above.
_SAMPLED_SHARE = 0.04
_SAMPLES_PER_RANGE = 30
_LARGEST_SAMPLE = 20_000


def honours_ranges(collection: Collection[RawBSONDocument]) -> bool:
    """Tell whether the server reads from `min` on and up to `max`. Some engines ignore both without a word."""

    def one_id(**options: object) -> bytes | None:
        found = patiently(lambda: list(collection.find({}, {"_id": 1}, limit=1, **options)))
        return raw_id(found[0].raw) if found else None

    first, last = one_id(sort=[("_id", 1)]), one_id(sort=[("_id", -1)])
    if first is None or last is None or first == last:
        # Nothing to tell by, and nothing to divide.
        return False
    lowest, highest = bound_of(first), bound_of(last)
    if lowest is None or highest is None:
        return False
    try:
        from_last = one_id(hint=[("_id", 1)], min={"_id": highest})
        before_first = one_id(hint=[("_id", 1)], max={"_id": lowest})
    except OperationFailure:
        return False
    return from_last == last and before_first is None


def plan_parts(
    collection: Collection[RawBSONDocument],
    number: int,
    documents: int,
    size: int,
    range_bytes: int,
) -> list[Part]:
    """Return ranges that together hold every `_id` of every type, or one pass where ranges are not read."""
    if not honours_ranges(collection):
        return [Part(part_number(number, 0), number, whole=True)]
    wanted = max(1, -(-size // range_bytes))
    bounds: list[bytes | None] = list(_bounds(collection, documents, wanted))
    edges = [None, *bounds, None]
    return [
        Part(part_number(number, at), number, whole=False, lower=edges[at], upper=edges[at + 1])
        for at in range(len(edges) - 1)
    ]


def documents_in_range(collection: CollectionSettings, settings: Settings) -> int:
    """Return how many documents a range is planned to hold."""
    return max(1, collection.documents * settings.range_bytes // max(1, collection.size))


def id_after(collection: Collection[RawBSONDocument], part: Part, documents: int) -> bytes | None:
    """Return the `_id` so many documents after what is copied; None where the range ends before that."""
    start = part.last or part.lower
    if start is None or bound_of(start) is None:
        return None
    bounds = {"min": {"_id": bound_of(start)}}
    if part.upper is not None:
        bounds["max"] = {"_id": bound_of(part.upper)}
    # The index alone is read.
    found = patiently(
        lambda: list(collection.find({}, {"_id": 1}, hint=[("_id", 1)], skip=documents, limit=1, **bounds))
    )
    identifier = raw_id(found[0].raw) if found else None
    return identifier if identifier is not None and bound_of(identifier) is not None else None


def _bounds(collection: Collection[RawBSONDocument], documents: int, wanted: int) -> list[bytes]:
    size = min(wanted * _SAMPLES_PER_RANGE, _LARGEST_SAMPLE, max(wanted, int(documents * _SAMPLED_SHARE)))
    if wanted < 2:
        return []
    pipeline = [{"$sample": {"size": size}}, {"$project": {"_id": 1}}, {"$sort": {"_id": 1}}]
    try:
        found = patiently(lambda: list(collection.aggregate(pipeline, allowDiskUse=True)))
    except OperationFailure as error:
        if meaning_of_command_error(refusal_of(error)) == "throttled":
            raise
        # Not every server knows $sample: one range is slower, and right.
        return []
    sample = [one for one in (raw_id(document.raw) for document in found) if bound_of(one) is not None]
    picked: list[bytes] = []
    for at in range(1, wanted):
        position = at * len(sample) // wanted
        if position < len(sample) and (not picked or picked[-1] != sample[position]):
            picked.append(sample[position])
    return picked


def spread(parts: list[Part]) -> list[Part]:
    """Return the ranges in an order that jumps about: neighbours often live on one physical partition."""
    count = len(parts)
    step = max(1, round(count * 0.618))
    while count > 1 and _greatest_divisor(step, count) != 1:
        step += 1
    return [parts[(at * step) % count] for at in range(count)]


def _greatest_divisor(a: int, b: int) -> int:
    return a if b == 0 else _greatest_divisor(b, a % b)
