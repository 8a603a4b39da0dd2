"""Documents whose `_id`, or another unique key, the target has already."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from bson.raw_bson import RawBSONDocument
from pymongo.errors import OperationFailure

from mongo_to_cosmos.connections import RAW_OPTIONS, REPLY_OPTIONS, Client, patiently, raw_collection
from mongo_to_cosmos.parts import Counts
from mongo_to_cosmos.raw_bson import (
    ARRAY,
    BOOLEAN,
    DOCUMENT,
    equal_but_empty_timestamps,
    has_dollar_name,
    has_empty_timestamp,
    raw_document,
    raw_id,
    value_at,
)
from mongo_to_cosmos.server_errors import DUPLICATE_KEY, ServerRefusal, meaning_of_write_error, wait_seconds
from mongo_to_cosmos.settings import CollectionSettings, ConflictPolicy
from mongo_to_cosmos.state import State

# A reply of the server holds 16 MB, and what is stored may be larger than what is compared with it.
_COMPARE_BYTES = 8 * 1024 * 1024
# Of a throttled document, in a row: minutes, after which something else is wrong.
MOST_REPEATS = 600


class ConflictError(RuntimeError):
    """The target has a document with this `_id` and other bytes, and the plan says to stop then."""


class Conflicts:
    """Compares with what is there, and does what the plan's policy says where it differs."""

    def __init__(
        self,
        client: Client,
        collection: CollectionSettings,
        policy: ConflictPolicy,
        state: State,
        counts: Counts,
        *,
        options: dict[str, Any],
        refuse: Callable[[bytes, ServerRefusal], None],
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`options`: of every write. `refuse` keeps a document as a dead letter."""
        self._client = client
        self._collection = collection
        self._policy = policy
        self._state = state
        self._counts = counts
        self._options = options
        self._refuse = refuse
        self._sleep = sleep

    def resolve(self, duplicates: Sequence[bytes]) -> int:
        """Settle each of them; return how many are there with the same bytes."""
        same = start = 0
        room = _COMPARE_BYTES
        for at, document in enumerate(duplicates):
            room -= len(document)
            if room < 0 and at > start:
                same += self._resolve_group(duplicates[start:at])
                start, room = at, _COMPARE_BYTES - len(document)
        return same + self._resolve_group(duplicates[start:])

    def _resolve_group(self, group: Sequence[bytes]) -> int:
        if not group:
            return 0
        stored: dict[bytes, list[bytes]] = {}
        for document in self._find([raw_id(one) for one in group]):
            stored.setdefault(raw_id(document), []).append(document)
        same = 0
        for document in group:
            same_id = stored.get(raw_id(document), [])
            if document in same_id:
                same += 1
            elif any(equal_but_empty_timestamps(document, other) for other in same_id):
                self.replace(document)
                same += 1
            else:
                self._differs(document, len(same_id))
        self._counts.already_there += same
        return same

    def _differs(self, document: bytes, same_id: int) -> None:
        message = "another document has the same _id" if same_id else "a unique key is taken"
        refusal = ServerRefusal(DUPLICATE_KEY, message)
        if same_id == 0:
            # No policy makes room for two documents with one value of a unique index.
            self._refuse(document, refusal)
        elif self._policy == "fail":
            identifier = raw_id(document).hex()[:512]
            self._state.fail("conflict", ns=str(self._collection.target), idHex=identifier)
            raise ConflictError(f"{self._collection.target} has another document {identifier}")
        elif self._policy == "skip":
            self._counts.conflicts += 1
        elif self._policy == "dead-letter" or same_id > 1 or has_dollar_name(document):
            # Which of several would be replaced is left to chance.
            self._refuse(document, refusal)
        else:
            self._counts.conflicts += 1
            if self.replace(document):
                self._counts.acknowledged += 1
                self._counts.bytes += len(document)

    def _find(self, identifiers: Sequence[bytes]) -> list[bytes]:
        values = raw_document(*((str(at), one[0], one[1:]) for at, one in enumerate(identifiers) if one))
        query = raw_document(("_id", DOCUMENT, raw_document(("$in", ARRAY, values))))
        found = raw_collection(self._client, self._collection.target)
        filter_ = RawBSONDocument(query, RAW_OPTIONS)
        return [document.raw for document in patiently(lambda: list(found.find(filter_)), self._sleep)]

    def replace(self, document: bytes) -> bool:
        """Put a document in the place of the one with its `_id`, exactly; False where it became a dead letter."""
        query = []
        for path in dict.fromkeys(("_id", *self._collection.shard_key)):
            value = value_at(document, path)
            if value is not None:
                # By `$eq`, so that a document with dollar names is a value and no operator.
                query.append((path, DOCUMENT, raw_document(("$eq", *value))))
        literal = raw_document(("$replaceWith", DOCUMENT, raw_document(("$literal", DOCUMENT, document))))
        is_plain = not has_empty_timestamp(document) and not has_dollar_name(document)
        statement = raw_document(
            ("q", DOCUMENT, raw_document(*query)),
            ("u", DOCUMENT, document) if is_plain else ("u", ARRAY, raw_document(("0", DOCUMENT, literal))),
            ("multi", BOOLEAN, b"\0"),
            ("upsert", BOOLEAN, b"\1"),
        )
        command = {
            "update": self._collection.target.coll,
            **self._options,
            "updates": [RawBSONDocument(statement, RAW_OPTIONS)],
        }
        db = self._client[self._collection.target.db]
        attempt = 0
        while True:
            reply = patiently(lambda: db.command(command, codec_options=REPLY_OPTIONS), self._sleep)
            errors = reply.get("writeErrors", [])
            if not errors:
                return True
            refusal = ServerRefusal(int(errors[0]["code"]), str(errors[0].get("errmsg", "")))
            meaning = meaning_of_write_error(refusal)
            attempt += 1
            if meaning == "fatal":
                raise OperationFailure(refusal.message, refusal.code)
            if meaning != "throttled" or attempt > MOST_REPEATS:
                self._refuse(document, refusal)
                return False
            self._sleep(wait_seconds(attempt, refusal))
