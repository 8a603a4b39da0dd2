"""What the job remembers, in a database of its own on the target.

`planned` names the collections that are cut into ranges, `ranges` holds each with how far it is copied, `seats` who
is copying now, `dead_letters` the documents that the target refuses, whole, `results` what verification found, and
`failures` why the job could not go on. Dropping the database forgets the run.
"""

from __future__ import annotations

import hashlib
import re
import time
import uuid
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from bson import Binary
from pymongo import ReplaceOne, ReturnDocument
from pymongo.errors import OperationFailure
from pymongo.synchronous.database import Database
from pymongo.write_concern import WriteConcern

from mongo_to_cosmos.connections import Client, patiently
from mongo_to_cosmos.parts import Counts, Part, binary_of, document_of, part_number, part_of
from mongo_to_cosmos.raw_bson import id_document, raw_id
from mongo_to_cosmos.server_errors import ServerRefusal
from mongo_to_cosmos.settings import Namespace, Settings

_RUN = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
# A dead letter is kept in pieces, so that a target that takes 2 MB (measured as JSON) keeps any document.
_CHUNK_BYTES = 256 * 1024
_SEAT_LASTS_SECONDS = 10.0
_NAMESPACE_NOT_FOUND = 26
_INSERT_MANY = 500


class TakenOverError(RuntimeError):
    """Another attempt at this range has begun: this one stops, and does no harm by having been here."""


def state_database(run: str) -> str:
    """Return the database of a run. `run`: small letters, digits and dashes, at most 40."""
    if not _RUN.fullmatch(run):
        raise ValueError(f"the parameter run is {run!r}: use small letters, digits and dashes")
    return f"mcm_{run}"


class State:
    """The run's database."""

    def __init__(self, client: Client, run: str, settings: Settings) -> None:
        """`client`: of the target."""
        concern = WriteConcern() if settings.target_kind == "cosmos-ru" else WriteConcern("majority")
        self.db: Database[dict[str, Any]] = client.get_database(state_database(run), write_concern=concern)
        self._settings = settings

    def create(self) -> None:
        """Make the database where it costs throughput of its own: request units shared by all its parts."""
        ru = self._settings.state_ru_per_second
        if ru is None:
            return
        try:
            patiently(lambda: self.db.command({"customAction": "GetDatabase"}))
        except OperationFailure as error:
            if error.code != _NAMESPACE_NOT_FOUND:
                raise
            patiently(lambda: self.db.command({"customAction": "CreateDatabase", "offerThroughput": ru}))

    # Ranges

    def planned(self) -> dict[int, str]:
        """Return the collections whose ranges are written down, by their place in the plan: from where to where."""
        found = patiently(lambda: list(self.db["planned"].find({})))
        return {one["_id"]: one["names"] for one in found}

    def plan(self, collection: int, names: str, parts: Iterable[Part]) -> None:
        """Write a collection's ranges down, once and for all: a rerun uses the same. `names`: as `planned` has them."""
        documents = [document_of(part) for part in parts]
        patiently(lambda: self.db["ranges"].delete_many({"collection": collection}))
        for start in range(0, len(documents), _INSERT_MANY):
            some = [
                ReplaceOne({"_id": one["_id"]}, one, upsert=True) for one in documents[start : start + _INSERT_MANY]
            ]
            patiently(lambda some=some: self.db["ranges"].bulk_write(some, ordered=True))  # type: ignore[misc]
        marker = {"_id": collection, "names": names, "ranges": len(documents)}
        patiently(lambda: self.db["planned"].replace_one({"_id": collection}, marker, upsert=True))

    def parts(self, *, unfinished: bool = False) -> list[Part]:
        """Return the ranges in their order."""
        for cut in patiently(lambda: list(self.db["ranges"].find({"rest": {"$exists": True}}))):
            self._write_rest(cut)
        query = {"done": False} if unfinished else {}
        found = patiently(lambda: list(self.db["ranges"].find(query)))
        return sorted((part_of(one) for one in found), key=lambda part: part.number)

    def release(self) -> None:
        """Let go of every unfinished range: no task of an earlier attempt at the job is left."""
        change = {"$set": {"owner": None, "slot": None}}
        patiently(lambda: self.db["ranges"].update_many({"done": False}, change))

    def unclaimed(self) -> list[int] | None:
        """Return the numbers of ranges that nobody copies; None where all are copied."""
        query, fields = {"done": False}, {"slot": 1}
        unfinished = patiently(lambda: list(self.db["ranges"].find(query, fields)))
        return [one["_id"] for one in unfinished if one["slot"] is None] if unfinished else None

    def abandoned_by(self, slot: int) -> list[int]:
        """Return the numbers of ranges that an earlier attempt at the same Spark task has left unfinished."""
        query = {"done": False, "slot": slot}
        return sorted(one["_id"] for one in patiently(lambda: list(self.db["ranges"].find(query, {"_id": 1}))))

    def claim(self, number: int, slot: int, owner: str) -> Part | None:
        """Take a range over for a Spark task; None where it is done, or another's."""
        change = {"$set": {"owner": owner, "slot": slot}, "$inc": {"attempts": 1}}
        query = {"_id": number, "done": False, "slot": {"$in": [None, slot]}}
        found = patiently(
            lambda: self.db["ranges"].find_one_and_update(query, change, return_document=ReturnDocument.AFTER)
        )
        if found and "rest" in found:
            self._write_rest(found)
        return part_of(found) if found else None

    def cut(self, part: Part, owner: str, at: bytes) -> None:
        """End a range before the `_id` `at`, and write what follows down as another one, for whoever is free.

        Whatever this is interrupted at, the ranges hold each document once: both are in one write, and the new range
        is taken out of it then, or by the next who reads them.
        """
        count = patiently(
            lambda: self.db["planned"].find_one_and_update(
                {"_id": part.collection}, {"$inc": {"ranges": 1}}, return_document=ReturnDocument.AFTER
            )
        )
        number = part_number(part.collection, count["ranges"] - 1)
        rest = replace(part, number=number, lower=at, last=None, is_rest=True, counts=Counts())
        change = {"$set": {"upper": binary_of(at), "rest": document_of(rest)}}
        query = {"_id": part.number, "owner": owner}
        if patiently(lambda: self.db["ranges"].update_one(query, change)).matched_count == 0:
            raise TakenOverError(f"range {part.number} is copied by another task")
        part.upper = at
        self._write_rest({"_id": part.number, **change["$set"]})

    def _write_rest(self, cut: dict[str, Any]) -> None:
        rest = {name: value for name, value in cut["rest"].items() if name != "_id"}
        query = {"_id": cut["rest"]["_id"]}
        # Where it is there already, somebody may be copying it.
        patiently(lambda: self.db["ranges"].update_one(query, {"$setOnInsert": rest}, upsert=True))
        patiently(lambda: self.db["ranges"].update_one({"_id": cut["_id"]}, {"$unset": {"rest": ""}}))

    def save(self, part: Part, owner: str) -> None:
        """Write down how far a range is, after the target has acknowledged it and never before."""
        change = {"$set": {"last": binary_of(part.last), "done": part.done, "counts": asdict(part.counts)}}
        query = {"_id": part.number, "owner": owner}
        if patiently(lambda: self.db["ranges"].update_one(query, change)).matched_count == 0:
            raise TakenOverError(f"range {part.number} is copied by another task")

    # Seats

    def clear_seats(self) -> None:
        """Forget who was copying: a new run begins."""
        patiently(lambda: self.db["seats"].delete_many({}))

    def seated(self, seat: str, budget: str) -> int:
        """Say that a seat is taken still, and return how many share its budget, itself included."""
        now = time.time()
        mine = {"_id": seat, "budget": budget, "at": now}
        patiently(lambda: self.db["seats"].replace_one({"_id": seat}, mine, upsert=True))
        query = {"budget": budget, "at": {"$gt": now - _SEAT_LASTS_SECONDS}}
        others = patiently(lambda: list(self.db["seats"].find(query, {"_id": 1})))
        return max(1, len(others))

    def leave(self, seat: str) -> None:
        """Give the seat's share to the others."""
        patiently(lambda: self.db["seats"].delete_one({"_id": seat}))

    # Dead letters

    def add_dead_letter(self, ns: Namespace, document: bytes, refusal: ServerRefusal, attempts: int) -> None:
        """Keep a document that the target refuses for good: whole, and once."""
        identifier = raw_id(document)
        key = hashlib.sha256(f"{ns}\0".encode() + identifier).hexdigest()
        pieces = range(0, len(document), _CHUNK_BYTES)
        for piece, start in enumerate(pieces):
            chunk = {
                "_id": f"{key}-{piece:06d}",
                "letter": key,
                "data": Binary(document[start : start + _CHUNK_BYTES]),
            }
            query = {"_id": chunk["_id"]}
            patiently(
                lambda query=query, chunk=chunk: self.db["dead_letter_chunks"].replace_one(  # type: ignore[misc]
                    query, chunk, upsert=True
                )
            )
        letter = {
            "_id": key,
            "ns": str(ns),
            "db": ns.db,
            "coll": ns.coll,
            "id": Binary(id_document(identifier)) if identifier else None,
            "code": refusal.code,
            "message": refusal.message[:1000],
            "attempts": attempts,
            "bytes": len(document),
            "chunks": len(pieces),
            "at": time.time(),
        }
        # Last, so that a letter that is listed is whole.
        patiently(lambda: self.db["dead_letters"].replace_one({"_id": key}, letter, upsert=True))

    def dead_letter_ids(self) -> dict[str, frozenset[bytes]]:
        """Return the `_id`s of dead letters by namespace of the target."""
        found: dict[str, set[bytes]] = {}
        fields = {"ns": 1, "id": 1}
        for one in patiently(lambda: list(self.db["dead_letters"].find({}, fields))):
            if one["id"] is not None:
                found.setdefault(one["ns"], set()).add(raw_id(bytes(one["id"])))
        return {ns: frozenset(ids) for ns, ids in found.items()}

    # Results

    def report(self, ns: Namespace, result: dict[str, Any]) -> None:
        """Keep what verification says of one collection."""
        whole = {"_id": hashlib.sha256(str(ns).encode()).hexdigest(), **result}
        patiently(lambda: self.db["results"].replace_one({"_id": whole["_id"]}, whole, upsert=True))

    def fail(self, reason: str, **params: str | int) -> None:
        """Say why the job cannot go on, for whoever follows it from outside."""
        patiently(
            lambda: self.db["failures"].replace_one({"_id": reason}, {"_id": reason, "params": params}, upsert=True)
        )

    def clear_failures(self) -> None:
        """Forget earlier attempts' reasons."""
        patiently(lambda: self.db["failures"].delete_many({}))


def new_owner() -> str:
    """Return a name for one attempt at one range."""
    return uuid.uuid4().hex
