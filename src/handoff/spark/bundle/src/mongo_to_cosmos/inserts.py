"""Sends inserts whose documents stay the bytes that they are, and costs next to nothing per document."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from bson import encode
from bson.raw_bson import RawBSONDocument
from pymongo.errors import AutoReconnect, PyMongoError
from pymongo.synchronous.database import Database

from mongo_to_cosmos.connections import LOST_WAIT_SECONDS, MOST_LOST, RAW_OPTIONS, REPLY_OPTIONS
from mongo_to_cosmos.documents import Documents
from mongo_to_cosmos.settings import Settings


class RawRun:
    """Documents that lie one after another, which PyMongo copies into a message in one piece.

    PyMongo copies what bears this marker as it is, as it does with its own `RawBSONDocument`. The documents of an
    insert lie in a message one after another (OP_MSG, section of kind 1), so that a run of them is as good as
    each for itself. Whether this PyMongo does so is tried before the first insert, and every reply is counted.
    """

    _type_marker = 101

    def __init__(self, documents: Documents) -> None:
        """Take the bytes of all of them."""
        self.raw = documents.together()


def _copies_runs() -> bool:
    two = encode({"_id": 1}) + encode({"_id": 2})
    try:
        return encode(RawRun(Documents(two))) == two  # type: ignore[arg-type]
    except Exception:
        # Whatever another PyMongo says to it: then each document goes by itself.
        return False


class Inserter:
    """Inserts into one collection, unordered, acknowledged as firmly as its kind of target can."""

    def __init__(
        self,
        db: Database[dict[str, Any]],
        collection: str,
        settings: Settings,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Try what this PyMongo copies. `collection`: its name in `db`."""
        self._db = db
        self._collection = collection
        self._sleep = sleep
        self._sends_runs = _copies_runs()
        self.options: dict[str, Any] = {}
        if settings.target_kind != "cosmos-ru":
            self.options["writeConcern"] = {"w": "majority"}
        if settings.target_kind == "mongodb":
            # The source's documents were taken by the source's own rules.
            self.options["bypassDocumentValidation"] = True

    def insert(self, documents: Documents) -> dict[str, Any]:
        """Send once, again only where the connection went; return the reply, which may hold errors of documents."""
        run = self._sends_runs
        sent = [RawRun(documents)] if run else [RawBSONDocument(one, RAW_OPTIONS) for one in documents]
        reply = self._reply({"insert": self._collection, "ordered": False, **self.options, "documents": sent})
        if unaccounted(reply, len(documents)) > 0:
            # However it came to that, it is not to be of this.
            self._sends_runs = False
        return reply

    def _reply(self, command: dict[str, Any]) -> dict[str, Any]:
        lost = 0
        while True:
            try:
                reply: dict[str, Any] = self._db.command(command, codec_options=REPLY_OPTIONS)
                break
            except AutoReconnect:
                # What arrived before the connection went is met again as equal.
                lost += 1
                if lost > MOST_LOST:
                    raise
                self._sleep(LOST_WAIT_SECONDS)
        if "writeConcernError" in reply:
            raise PyMongoError(f"not acknowledged for good: {reply['writeConcernError']}")
        return reply


def unaccounted(reply: dict[str, Any], sent: int) -> int:
    """Return how many documents a reply counts neither as inserted nor as failed."""
    return max(0, sent - int(reply.get("n", 0)) - len(reply.get("writeErrors", [])))
