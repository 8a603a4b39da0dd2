"""Clients for both sides, and waiting out what passes by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from bson.codec_options import CodecOptions, DatetimeConversion
from bson.raw_bson import RawBSONDocument
from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import make_read_preference
from pymongo.synchronous.collection import Collection
from pymongo.synchronous.database import Database

from mongo_to_cosmos.server_errors import ServerRefusal, meaning_of_command_error, wait_seconds
from mongo_to_cosmos.settings import READ_PREFERENCES, Namespace, Settings

T = TypeVar("T")
Client = MongoClient[dict[str, Any]]
RAW_OPTIONS: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)
# Replies quote keys of documents, which hold what PyMongo does not decode (a UUID of another length than 16, far dates,
# text that is no UTF-8): what is not asked for stays bytes.
REPLY_OPTIONS: CodecOptions[RawBSONDocument] = CodecOptions(
    document_class=RawBSONDocument,
    datetime_conversion=DatetimeConversion.DATETIME_AUTO,
    unicode_decode_error_handler="replace",
)

# A throttled command comes through within seconds, a failover within a minute.
_MOST_THROTTLED = 300
_MOST_LOST = 12
_LOST_WAIT_SECONDS = 5.0


@dataclass(frozen=True)
class Secrets:
    """Connection strings. They live in memory alone: no print, no log and no file may hold them."""

    source: str
    target: str

    def __repr__(self) -> str:
        """Hide both."""
        return "Secrets(source=..., target=...)"


def connect(uri: str, *, connections: int = 100) -> Client:
    """Open a client. Retryable writes stay off: Azure Cosmos DB refuses them by default."""
    return MongoClient(uri, retryWrites=False, maxPoolSize=connections)


def raw_collection(client: Client, ns: Namespace, settings: Settings | None = None) -> Collection[RawBSONDocument]:
    """Return a collection whose documents stay bytes; `settings` where it is read as a source."""
    database = cast(Database[RawBSONDocument], client[ns.db])
    if settings is None:
        return database.get_collection(ns.coll, codec_options=RAW_OPTIONS)
    mode = READ_PREFERENCES.index(settings.read_preference)
    return database.get_collection(
        ns.coll,
        codec_options=RAW_OPTIONS,
        read_preference=make_read_preference(mode, None),
        read_concern=ReadConcern(settings.read_concern),
    )


def refusal_of(error: OperationFailure) -> ServerRefusal:
    """Return code and text of a failed command."""
    details = error.details or {}
    return ServerRefusal(int(error.code or 0), str(details.get("errmsg", error)))


def patiently(
    operation: Callable[[], T], sleep: Callable[[float], None] = time.sleep, *, most_throttled: int = _MOST_THROTTLED
) -> T:
    """Repeat what was throttled, or cut off with its connection. The operation must be repeatable.

    `most_throttled`: how often it is repeated for being throttled; 0 where the caller sees to that.
    """
    throttled = lost = 0
    while True:
        try:
            return operation()
        except AutoReconnect:
            lost += 1
            if lost > _MOST_LOST:
                raise
            sleep(_LOST_WAIT_SECONDS)
        except OperationFailure as error:
            refusal = refusal_of(error)
            throttled += 1
            if meaning_of_command_error(refusal) != "throttled" or throttled > most_throttled:
                raise
            sleep(wait_seconds(throttled, refusal))
