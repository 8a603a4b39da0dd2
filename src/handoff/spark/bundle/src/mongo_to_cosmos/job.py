"""The three steps of the job, on Spark. What they do to data is in the modules that they call."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pyspark.sql import SparkSession

from mongo_to_cosmos.connections import Client, Secrets, connect, patiently, raw_collection
from mongo_to_cosmos.copy_slot import copy_slot
from mongo_to_cosmos.parts import Part
from mongo_to_cosmos.ranges import honours_ranges, plan_parts, spread
from mongo_to_cosmos.settings import CollectionSettings, Settings
from mongo_to_cosmos.slot_reader import Slot
from mongo_to_cosmos.state import State
from mongo_to_cosmos.verify_part import (
    LOCATED,
    Comparison,
    Difference,
    Reading,
    Side,
    locate,
    result_of,
    sum_readings,
)

A = TypeVar("A")
B = TypeVar("B")

# Collections that are looked at at once on the driver.
_AT_ONCE = 16


@dataclass(frozen=True)
class Job:
    """What each step works with."""

    spark: SparkSession
    settings: Settings
    secrets: Secrets
    run: str
    """Names what the job remembers: the same run goes on where it was, another one begins."""


class PlanChangedError(RuntimeError):
    """The plan has other collections than the run began with."""


class NotPreparedError(RuntimeError):
    """Collections of the plan are not on the target."""


def ship_code(spark: SparkSession) -> None:
    """Give the executors this package: workspace files are on the driver's path alone."""
    package = Path(__file__).parent
    sources = sorted(package.glob("*.py"))
    content = hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()
    # All steps share a cluster, which takes a file name once.
    archive = Path(tempfile.gettempdir()) / f"{package.name}-{os.getpid()}-{content[:16]}.zip"
    if not archive.exists():
        with zipfile.ZipFile(archive, "w") as file:
            for source in sources:
                file.write(source, f"{package.name}/{source.name}")
    spark.sparkContext.addPyFile(str(archive))


def in_tasks(spark: SparkSession, items: list[A], work: Callable[[Iterable[A]], Iterator[B]]) -> list[B]:
    """Run `work` on each item in a Spark task of its own, as many at a time as there are cores."""
    if not items:
        return []
    return spark.sparkContext.parallelize(items, len(items)).mapPartitions(work).collect()


def plan_task(job: Job) -> int:
    """Cut every collection into ranges and write them down; return how many there are."""
    settings = job.settings
    with connect(job.secrets.source) as source, connect(job.secrets.target) as target:
        missing = _missing_on_target(target, settings)
        if missing:
            raise NotPreparedError(
                f"{len(missing)} collections are not on the target, the first is {missing[0]}. "
                "Prepare the target first: see README.md."
            )
        state = State(target, job.run, settings)
        state.create()
        state.clear_failures()
        planned = state.planned()
        _refuse_other_collections(job, planned)

        def plan(number: int) -> None:
            if number in planned:
                return
            one = settings.collections[number]
            raw = raw_collection(source, one.source, settings)
            size = settings.range_bytes
            state.plan(number, _names(one), plan_parts(raw, number, one.documents, one.size, size))

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(plan, range(len(settings.collections))))
        return len(state.parts())


def _names(one: CollectionSettings) -> str:
    return f"{one.source} -> {one.target}"


def _refuse_other_collections(job: Job, planned: dict[int, str]) -> None:
    """Ranges belong to a collection by its place in the plan: under another one they would count for the wrong one."""
    now = dict(enumerate(map(_names, job.settings.collections)))
    for number, then in sorted(planned.items()):
        if now.get(number) != then:
            raise PlanChangedError(
                f"plan.json has {now.get(number, 'nothing')} as collections[{number}], and the run {job.run} has begun "
                f"with {then} there. Nothing was read or written. Put the list back as it was, or give the parameter "
                "run another value, which begins anew."
            )


def _missing_on_target(target: Client, settings: Settings) -> list[str]:
    present: dict[str, frozenset[str]] = {}
    for db in {one.target.db for one in settings.collections}:
        present[db] = frozenset(patiently(lambda db=db: target[db].list_collection_names()))  # type: ignore[misc]
    wanted = (one.target for one in settings.collections)
    return [str(ns) for ns in wanted if ns.coll not in present[ns.db]]


def copy_task(job: Job) -> int:
    """Copy every range that is not copied; return how many documents were sent."""
    run, settings, secrets = job.run, job.settings, job.secrets
    with connect(secrets.target) as target:
        state = State(target, run, settings)
        state.clear_seats()
        state.clear_failures()
        state.release()
        numbers = [part.number for part in spread(state.parts(unfinished=True))]
    ship_code(job.spark)

    def work(some: Iterable[Slot]) -> Iterator[int]:
        for slot in some:
            yield from copy_slot(slot, run, settings, secrets)

    return sum(in_tasks(job.spark, _slots(job, numbers), work))


def _slots(job: Job, numbers: list[int]) -> list[Slot]:
    """Return as many tasks as run at once: each goes on to the next range with its connections and its pace."""
    cores = job.spark.sparkContext.defaultParallelism
    count = min(len(numbers), max(cores, job.settings.slots))
    firsts = [slot * len(numbers) // count for slot in range(count)]
    return [Slot(slot, (*numbers[first:], *numbers[:first])) for slot, first in enumerate(firsts)]


def verify_task(job: Job) -> list[dict[str, Any]]:
    """Compare both sides, write a result for each collection, and return the results."""
    settings, secrets = job.settings, job.secrets
    started = time.monotonic()
    ship_code(job.spark)
    with connect(secrets.source) as source, connect(secrets.target) as target:
        state = State(target, job.run, settings)
        readings = _readings(state, source, target, settings)

        def sum_up(some: Iterable[Reading]) -> Iterator[Any]:
            return sum_readings(some, settings, secrets)

        comparisons = {number: Comparison() for number in range(len(settings.collections))}
        for summed in in_tasks(job.spark, readings, sum_up):
            comparisons[summed.collection].take(summed)

        differences = _locate(job, readings, comparisons)
        dead = state.dead_letter_ids()
        results = []
        for number, one in enumerate(settings.collections):
            mine = [reading for reading in readings if reading.part.collection == number]
            result = result_of(
                one,
                comparisons[number],
                differences[number],
                dead_letters=len(dead.get(str(one.target), ())),
                by_group=mine[0].by_group,
                ranges=len(mine) // 2,
                seconds=time.monotonic() - started,
            )
            state.report(one.target, result)
            results.append(result)
        return results


def _readings(state: State, source: Client, target: Client, settings: Settings) -> list[Reading]:
    """Return what is to be read: each range on both sides, or a whole side where it has no ranges."""
    dead = state.dead_letter_ids()
    parts: dict[int, list[Part]] = {}
    for part in state.parts():
        # Verification reads from the start, whatever was copied.
        part.last = None
        parts.setdefault(part.collection, []).append(part)

    def of(number: int) -> list[Reading]:
        one = settings.collections[number]
        excluded = dead.get(str(one.target), frozenset())
        mine = parts[number]
        target_reads = honours_ranges(raw_collection(target, one.target))
        by_group = mine[0].whole or not target_reads
        whole = [Part(mine[0].number, number, whole=True)]
        sides: list[tuple[Side, list[Part]]] = [
            ("source", mine),
            ("target", mine if target_reads else whole),
        ]
        return [Reading(side, part, by_group, _share(one, settings), excluded) for side, some in sides for part in some]

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = list(pool.map(of, range(len(settings.collections))))
    return [reading for some in found for reading in some]


def _share(one: CollectionSettings, settings: Settings) -> float:
    sharing = sum(1 for other in settings.collections if other.budget == one.budget)
    return 1 / sharing


def _locate(job: Job, readings: list[Reading], comparisons: dict[int, Comparison]) -> dict[int, Difference]:
    settings, secrets = job.settings, job.secrets
    looked_at = {number: one.to_locate(LOCATED) for number, one in comparisons.items()}
    again = [
        (reading, looked_at[reading.part.collection])
        for reading in readings
        if looked_at[reading.part.collection]
        and (reading.by_group or reading.part.number in looked_at[reading.part.collection])
    ]
    found = {number: Difference(rest=one.rest(looked_at[number])) for number, one in comparisons.items()}

    def work(some: Iterable[tuple[Reading, frozenset[int]]]) -> Iterator[Any]:
        return locate(some, settings, secrets)

    for number, side, identifier, digest in in_tasks(job.spark, again, work):
        mine = found[number]
        (mine.source if side == "source" else mine.target)[identifier] = digest
    return found
