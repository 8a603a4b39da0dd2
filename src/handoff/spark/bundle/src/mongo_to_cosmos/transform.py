"""The mode `transform`: through DataFrames of the MongoDB Spark Connector, which change types.

Its partitioners cut by `$gte` and `$lt`, which see one BSON type of `_id`: of a collection with several they lose
documents without a word. Such collections are read in one partition here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from bson.raw_bson import RawBSONDocument
from pymongo.synchronous.collection import Collection
from pyspark.sql import DataFrame, SparkSession

from mongo_to_cosmos.connections import Client, Secrets, connect, patiently, raw_collection
from mongo_to_cosmos.raw_bson import raw_id
from mongo_to_cosmos.settings import CollectionSettings, Namespace, Settings
from mongo_to_cosmos.state import State

Transform = Callable[[CollectionSettings, DataFrame], DataFrame]

_PARTITIONERS = "com.mongodb.spark.sql.connector.read.partitioner."
# Types that are compared with each other, and so lie in one bracket (MongoDB manual, BSON comparison order).
_NUMBERS = frozenset({0x01, 0x10, 0x12, 0x13})
_TEXTS = frozenset({0x02, 0x0E})
# The connector's own default (`maxBatchSize`), and the largest batch where request units are to be kept to.
_BATCH = 512


def type_bracket(identifier: bytes) -> int:
    """Return a number for the types that are compared with this `_id`."""
    kind = identifier[0]
    for bracket in (_NUMBERS, _TEXTS):
        if kind in bracket:
            return min(bracket)
    return kind


def has_one_id_type(collection: Collection[RawBSONDocument]) -> bool:
    """Tell whether all `_id`s are of one type: in their order, the first and the last then are."""

    def end(direction: int) -> RawBSONDocument | None:
        return next(iter(collection.find({}, {"_id": 1}).sort("_id", direction).limit(1)), None)

    first, last = patiently(lambda: end(1)), patiently(lambda: end(-1))
    if first is None or last is None:
        return True
    return type_bracket(raw_id(first.raw)) == type_bracket(raw_id(last.raw))


def transform_collections(
    spark: SparkSession, settings: Settings, secrets: Secrets, run: str, transform: Transform
) -> Iterator[tuple[str, int, int]]:
    """Copy one collection after another; yield its name, documents on the target, and partitions."""
    with connect(secrets.source) as source, connect(secrets.target) as target:
        state = State(target, run, settings)
        state.create()
        for one in settings.collections:
            raw = raw_collection(source, one.source, settings)
            partitioner = "PaginateIntoPartitionsPartitioner" if has_one_id_type(raw) else "SinglePartitionPartitioner"
            documents = (
                spark.read.format("mongodb")
                .option("connection.uri", secrets.source)
                .option("database", one.source.db)
                .option("collection", one.source.coll)
                .option("partitioner", _PARTITIONERS + partitioner)
                .load()
            )
            if "_id" not in documents.columns:
                # An empty collection has no columns, and there is nothing to bring.
                partitions = 0
            else:
                changed = transform(one, documents)
                partitions = changed.rdd.getNumPartitions()
                _write(changed, one, settings, secrets)
            read, written = _count(source, one.source), _count(target, one.target)
            state.report(one.target, _result(one, read, written))
            yield str(one.target), written, partitions


def _write(documents: DataFrame, one: CollectionSettings, settings: Settings, secrets: Secrets) -> None:
    (
        documents.write.format("mongodb")
        .mode("append")
        .option("connection.uri", secrets.target)
        .option("database", one.target.db)
        .option("collection", one.target.coll)
        # A rerun, and a task that Spark repeats, write the same again.
        .option("operationType", "replace")
        .option("idFieldList", ",".join(dict.fromkeys(("_id", *one.shard_key))))
        .option("ordered", "false")
        .option("maxBatchSize", str(min(_BATCH, settings.batch_documents)))
        .save()
    )


def _count(client: Client, ns: Namespace) -> int:
    return int(patiently(lambda: client[ns.db][ns.coll].count_documents({})))


def _result(one: CollectionSettings, read: int, written: int) -> dict[str, Any]:
    def side(documents: int) -> dict[str, Any]:
        return {"documents": documents, "bytes": 0, "digest": ""}

    return {
        "ns": str(one.target),
        "source": str(one.source),
        "kind": "unverified",
        "why": "counts-only",
        "evidence": {
            "source": side(read),
            "target": side(written),
            "ranges": 0,
            "seconds": 0.0,
            "deadLettered": {"known": 0, "onSource": 0, "onTarget": 0},
        },
        "differences": {
            "missing": max(0, read - written),
            "extra": max(0, written - read),
            "different": 0,
            "exact": False,
            "documents": [],
        },
    }
