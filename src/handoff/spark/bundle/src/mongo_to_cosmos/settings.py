"""What the migration plan says, as it lies in `plan.json` beside the notebooks."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal, get_args

from mongo_to_cosmos.plan_fields import BadPlanError, Fields, charge_row, field_path, json_object, shown

ConflictPolicy = Literal["fail", "skip", "overwrite", "dead-letter"]
TargetKind = Literal["cosmos-ru", "cosmos-vcore", "mongodb"]
ReadPreference = Literal["primary", "primaryPreferred", "secondary", "secondaryPreferred", "nearest"]
ReadConcern = Literal["local", "available", "majority"]

CONFLICT_POLICIES: tuple[ConflictPolicy, ...] = get_args(ConflictPolicy)
TARGET_KINDS: tuple[TargetKind, ...] = get_args(TargetKind)
READ_PREFERENCES: tuple[ReadPreference, ...] = get_args(ReadPreference)
"""In the order in which PyMongo numbers them."""
READ_CONCERNS: tuple[ReadConcern, ...] = get_args(ReadConcern)

FORMAT = 1

# The extension cuts no range smaller than 16 MB; below a megabyte the list of ranges outgrows what they hold.
_LEAST_RANGE_BYTES = 1_000_000
# Each is a Spark task: 1,000 workers of 100 cores.
_MOST_SLOTS = 100_000
# MongoDB's maxWriteBatchSize and maxMessageSizeBytes (its command hello).
_MOST_BATCH_DOCUMENTS = 100_000
_MOST_BATCH_BYTES = 48_000_000
# The least throughput of a database (learn.microsoft.com/azure/cosmos-db/concepts-limits).
_LEAST_STATE_RU = 400

_NAMES = {
    # What a server takes, and PyMongo with it.
    "db": (r'[^\0 ./\\"$]+', 'a name without blanks, dots, slashes, quotes and dollars (/ \\ . " $)'),
    # PyMongo's own rule, stricter than a server's.
    "coll": (r"(?!\.)(?!.*\.\.)[^\0$]+(?<!\.)", "a name without dollars, two dots in a row, or a dot at an end"),
}


@dataclass(frozen=True)
class Namespace:
    """A collection's full name. It may hold quotes, dots, blanks and any Unicode."""

    db: str
    coll: str

    def __str__(self) -> str:
        """Return `db.coll`."""
        return f"{self.db}.{self.coll}"


@dataclass(frozen=True)
class CollectionSettings:
    """One collection: from where to where, and what it may cost."""

    source: Namespace
    target: Namespace
    documents: int
    size: int
    """Bytes of its documents."""
    budget: str
    """Collections with the same budget share their throughput."""
    ru_per_second: float | None
    shard_key: tuple[str, ...]
    dead_letter_over: int | None
    """Larger documents are not sent."""


@dataclass(frozen=True)
class Settings:
    """The whole plan, without any secret."""

    plan_id: str
    target_kind: TargetKind
    conflict_policy: ConflictPolicy
    read_preference: ReadPreference
    read_concern: ReadConcern | None
    secret_scope: str
    slots: int
    """Tasks that run at once, by the cluster that was planned."""
    range_bytes: int
    batch_documents: int
    batch_bytes: int
    ru_per_document: float | None
    state_ru_per_second: int | None
    charge_table: tuple[tuple[int, float], ...]
    """Bytes of a document and the request units of writing it, ascending."""
    collections: tuple[CollectionSettings, ...]


def load_settings(folder: Path) -> Settings:
    """Read `plan.json` in the folder of the notebooks. Raise BadPlanError where it cannot be carried out."""
    path = folder / "plan.json"
    try:
        # Some editors put a mark of the byte order before the text.
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadPlanError(f"{path} cannot be read ({error})") from None
    return parse_settings(text)


def parse_settings(text: str) -> Settings:
    """Parse the text of `plan.json`. Raise BadPlanError, which names the field, where it cannot be carried out."""
    whole = json_object(text)
    version = whole.get("format", FORMAT)
    if isinstance(version, bool) or version != FORMAT:
        raise BadPlanError(
            f"format is {shown(version)}, and this code reads {FORMAT} alone: code and plan are of one bundle"
        )
    plan = Fields(
        whole,
        "",
        (
            *("format", "planId", "targetKind", "conflictPolicy", "readPreference", "readConcern", "secretScope"),
            *("slots", "rangeBytes", "batchDocuments", "batchBytes", "ruPerDocument", "stateRuPerSecond"),
            *("chargeTable", "collections"),
        ),
    )
    target_kind = plan.one_of("targetKind", TARGET_KINDS)
    state_ru = plan.or_null("stateRuPerSecond", lambda name: plan.whole(name, _LEAST_STATE_RU))
    if state_ru is not None and target_kind != "cosmos-ru":
        plan.refuse("stateRuPerSecond", f"null, since a target of the kind {target_kind} has no request units")
    return Settings(
        plan_id=plan.text("planId"),
        target_kind=target_kind,
        conflict_policy=plan.one_of("conflictPolicy", CONFLICT_POLICIES),
        read_preference=plan.one_of("readPreference", READ_PREFERENCES),
        read_concern=plan.or_null("readConcern", lambda name: plan.one_of(name, READ_CONCERNS)),
        secret_scope=plan.text(
            "secretScope", r"[A-Za-z0-9_@.-]{1,128}", "the name of a secret scope (1 to 128 of A-Z a-z 0-9 _ @ . -)"
        ),
        slots=plan.whole("slots", 1, _MOST_SLOTS, ": each is a Spark task"),
        range_bytes=plan.whole("rangeBytes", _LEAST_RANGE_BYTES),
        batch_documents=plan.whole("batchDocuments", 1, _MOST_BATCH_DOCUMENTS, ": a server takes no more at once"),
        batch_bytes=plan.whole("batchBytes", 1, _MOST_BATCH_BYTES, ": a server takes no more at once"),
        ru_per_document=plan.or_null("ruPerDocument", plan.positive),
        state_ru_per_second=state_ru,
        charge_table=_charge_table(plan),
        collections=_collections(plan),
    )


def _charge_table(plan: Fields) -> tuple[tuple[int, float], ...]:
    rows = plan.items("chargeTable", charge_row)
    sizes = [size for size, _ in rows]
    if len(rows) < 2 or any(size >= larger for size, larger in pairwise(sizes)):
        plan.refuse("chargeTable", "a list of at least two rows, each of more bytes than the one before")
    return rows


def _collections(plan: Fields) -> tuple[CollectionSettings, ...]:
    collections = plan.items("collections", _collection)
    targets: dict[Namespace, int] = {}
    budgets: dict[str, tuple[int, float | None]] = {}
    for at, one in enumerate(collections):
        first = targets.setdefault(one.target, at)
        if first != at:
            raise BadPlanError(
                f"collections[{at}].target is that of collections[{first}] too, and two collections cannot become one"
            )
        other, ru_per_second = budgets.setdefault(one.budget, (at, one.ru_per_second))
        if ru_per_second != one.ru_per_second:
            raise BadPlanError(
                f"collections[{at}].ruPerSecond is another than that of collections[{other}], and both are of the "
                f"budget {one.budget}, which they share"
            )
    return collections


def _collection(value: object, path: str) -> CollectionSettings:
    names = ("source", "target", "documents", "bytes", "budget", "ruPerSecond", "shardKey", "deadLetterOver")
    one = Fields(value, path, names)
    return CollectionSettings(
        source=one.item("source", _namespace),
        target=one.item("target", _namespace),
        documents=one.whole("documents", 0),
        size=one.whole("bytes", 0),
        budget=one.text("budget"),
        ru_per_second=one.or_null("ruPerSecond", one.positive),
        shard_key=one.items("shardKey", field_path),
        dead_letter_over=one.or_null("deadLetterOver", lambda name: one.whole(name, 1)),
    )


def _namespace(value: object, path: str) -> Namespace:
    names = Fields(value, path, ("db", "coll"))
    return Namespace(names.text("db", *_NAMES["db"]), names.text("coll", *_NAMES["coll"]))
