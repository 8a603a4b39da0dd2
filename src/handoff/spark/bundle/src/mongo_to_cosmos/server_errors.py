"""What a target means by its error codes.

Sources: the error page of Azure Cosmos DB for MongoDB and replies seen in the wild (16500, 50), the engine of
Azure DocumentDB, and MongoDB's error_codes.yml for the rest.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import Literal

Meaning = Literal["throttled", "duplicate", "refused", "fatal"]

TOO_MANY_REQUESTS = 16500
EXCEEDED_TIME_LIMIT = 50
DUPLICATE_KEY = 11000
OBJECT_TOO_LARGE = 10334

_RETRY_AFTER = re.compile(r"RetryAfterMs=(\d+)")
_RATE_IS_LARGE = re.compile("Request rate is large", re.IGNORECASE)
# A logical partition at its size limit stays there: no waiting helps, whatever code it comes with.
_PARTITION_FULL = re.compile("reached maximum size", re.IGNORECASE)
_DUPLICATES = {DUPLICATE_KEY, 11001, 12582}
# WriteConflict, LockTimeout: nothing was written, and the next try will do.
_TRANSIENT = {112, 24}
# Errors of the session, the node or the command, never of one document.
_FATAL = {6, 7, 13, 18, 20, 26, 59, 73, 89, 91, 115, 166, 189, 202, 211, 262, 9001, 10058}
_FATAL |= {10107, 11600, 11601, 11602, 13388, 13435, 13436, 14031}
# Codes of a whole command that speak of one of its documents, without saying which.
_OF_A_DOCUMENT = {16, 22, 52, 53, 61, 66, 121, OBJECT_TOO_LARGE, 17280, 17419, 17420}
_TEXT_OF_A_DOCUMENT = re.compile(
    "Request size is too large|larger than MaxDocumentSize|object to insert too large"
    "|corrupt BSON|reached maximum size",
    re.IGNORECASE,
)

# Without advice of the server: near the values that are seen (8 to 292 ms), doubled up to the cap.
_FIRST_WAIT_MS = 50
# Budgets are renewed by the second: whoever waits longer leaves some of it unused.
_LONGEST_WAIT_MS = 1_000
_JITTER = 0.2


@dataclass(frozen=True)
class ServerRefusal:
    """An error of the server, of a command or of one document."""

    code: int
    message: str

    @property
    def retry_after_ms(self) -> int | None:
        """How long the server asks to wait."""
        found = _RETRY_AFTER.search(self.message)
        return int(found[1]) if found else None


def _is_throttle(refusal: ServerRefusal) -> bool:
    if _PARTITION_FULL.search(refusal.message):
        return False
    return (
        refusal.code in (TOO_MANY_REQUESTS, 429, EXCEEDED_TIME_LIMIT)
        or refusal.code in _TRANSIENT
        or _RATE_IS_LARGE.search(refusal.message) is not None
    )


def meaning_of_write_error(refusal: ServerRefusal) -> Meaning:
    """Read one entry of `writeErrors`."""
    if _is_throttle(refusal):
        return "throttled"
    if refusal.code in _DUPLICATES:
        return "duplicate"
    return "fatal" if refusal.code in _FATAL else "refused"


def meaning_of_command_error(refusal: ServerRefusal) -> Meaning:
    """Read a whole reply with `ok: 0`; `refused` means that one of its documents is at fault."""
    if _is_throttle(refusal):
        return "throttled"
    if refusal.code == DUPLICATE_KEY:
        return "duplicate"
    if refusal.code in _OF_A_DOCUMENT or _TEXT_OF_A_DOCUMENT.search(refusal.message):
        return "refused"
    return "fatal"


def is_known_to_be_of_one_document(refusal: ServerRefusal) -> bool:
    """Tell whether other documents may fare better: a full partition refuses all that belongs to it."""
    if _PARTITION_FULL.search(refusal.message):
        return False
    return refusal.code in _OF_A_DOCUMENT or _TEXT_OF_A_DOCUMENT.search(refusal.message) is not None


def wait_seconds(attempt: int, refusal: ServerRefusal | None) -> float:
    """Return how long to wait before attempt `attempt` (1 is the first repeat), at most about a second.

    Up to a fifth is added at random, so that many tasks do not come back in the same millisecond.
    """
    backoff = _FIRST_WAIT_MS * 2.0 ** min(attempt - 1, 10)
    told = refusal.retry_after_ms if refusal else None
    return min(told or backoff, _LONGEST_WAIT_MS) * (1 + random.random() * _JITTER) / 1000
