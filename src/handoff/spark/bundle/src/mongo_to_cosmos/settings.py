"""What the migration plan says, as it lies in `plan.json` beside the notebooks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

ConflictPolicy = Literal["fail", "skip", "overwrite", "dead-letter"]
TargetKind = Literal["cosmos-ru", "cosmos-vcore", "mongodb"]

FORMAT = 1


@dataclass(frozen=True)
class Namespace:
    """A collection's full name. It may hold quotes, dots, blanks, dollars and any Unicode."""

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
    read_preference: str
    read_concern: str | None
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


class BadPlanError(ValueError):
    """`plan.json` is not what this version writes."""


def load_settings(folder: Path) -> Settings:
    """Read `plan.json` in the folder of the notebooks."""
    return parse_settings((folder / "plan.json").read_text(encoding="utf-8"))


def parse_settings(text: str) -> Settings:
    """Parse the text of `plan.json`."""
    plan = json.loads(text)
    if plan.get("format") != FORMAT:
        raise BadPlanError(
            f"plan.json has format {plan.get('format')!r}, this code reads {FORMAT}: "
            "write the whole bundle again from the plan."
        )
    return Settings(
        plan_id=plan["planId"],
        target_kind=plan["targetKind"],
        conflict_policy=plan["conflictPolicy"],
        read_preference=plan["readPreference"],
        read_concern=plan["readConcern"],
        secret_scope=plan["secretScope"],
        slots=plan["slots"],
        range_bytes=plan["rangeBytes"],
        batch_documents=plan["batchDocuments"],
        batch_bytes=plan["batchBytes"],
        ru_per_document=plan["ruPerDocument"],
        state_ru_per_second=plan["stateRuPerSecond"],
        charge_table=tuple((int(size), float(ru)) for size, ru in plan["chargeTable"]),
        collections=tuple(_collection(one) for one in plan["collections"]),
    )


def _collection(one: dict[str, Any]) -> CollectionSettings:
    return CollectionSettings(
        source=Namespace(**one["source"]),
        target=Namespace(**one["target"]),
        documents=one["documents"],
        size=one["bytes"],
        budget=one["budget"],
        ru_per_second=one["ruPerSecond"],
        shard_key=tuple(one["shardKey"]),
        dead_letter_over=one["deadLetterOver"],
    )
