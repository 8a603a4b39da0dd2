"""Tries how the bundle divides ranges of `_id` that a sample has cut too long. Arguments: a source's and a target's URI."""

import sys
import threading
from dataclasses import replace

from bson.raw_bson import RawBSONDocument
from mongo_to_cosmos import slot_reader
from mongo_to_cosmos.connections import Secrets, connect, raw_collection
from mongo_to_cosmos.copy_slot import copy_slot
from mongo_to_cosmos.parts import Part, part_number
from mongo_to_cosmos.raw_bson import id_document, raw_id
from mongo_to_cosmos.settings import CollectionSettings, Namespace, Settings
from mongo_to_cosmos.slot_reader import EndOfRange, Idle, Slot, SlotReader
from mongo_to_cosmos.state import State, TakenOverError

NS = Namespace("ranges", "docs")
DOCUMENTS, PLANNED, REPLY, SIZE = 40_000, 2_000, 500, 100
# Ranges are larger than replies.
slot_reader._REPLY_BYTES = REPLY * SIZE
SETTINGS = Settings(
    plan_id="",
    target_kind="mongodb",
    conflict_policy="fail",
    read_preference="primary",
    read_concern=None,
    secret_scope="",
    slots=2,
    range_bytes=PLANNED * SIZE,
    batch_documents=500,
    batch_bytes=100_000,
    ru_per_document=None,
    state_ru_per_second=None,
    charge_table=((0, 1.0),),
    collections=(
        CollectionSettings(
            source=NS,
            target=NS,
            documents=DOCUMENTS,
            size=DOCUMENTS * SIZE,
            budget="",
            ru_per_second=None,
            shard_key=(),
            dead_letter_over=None,
        ),
    ),
)


class CutOffError(Exception):
    """Where a process would have ended."""


def identifier(value):
    """Return an `_id` as the bundle keeps it."""
    return raw_id(RawBSONDocument(id_document(b"\x10" + value.to_bytes(4, "little"))).raw)


def planned(client):
    """Return a new run's state, with two short ranges and one that holds nearly everything."""
    client.drop_database(NS.db)
    client.drop_database("mcm_ranges")
    state = State(client, "ranges", SETTINGS)
    edges = [None, identifier(1_000), identifier(3_000), None]
    parts = [Part(part_number(0, at), 0, False, lower=edges[at], upper=edges[at + 1]) for at in range(3)]
    state.plan(0, "ranges.docs -> ranges.docs", parts)
    return state


def hold_each_document_once(state, source):
    """Return the ranges' lengths; nothing is between them, and nothing in two of them."""
    values = [one["_id"] for one in source[NS.db][NS.coll].find({}, {"_id": 1}, sort=[("_id", 1)])]
    place = {identifier(value): at for at, value in enumerate(values)}
    ends = sorted(
        (place[part.lower] if part.lower else 0, place[part.upper] if part.upper else len(values))
        for part in state.parts()
    )
    assert [start for start, _ in ends] == [0, *(end for _, end in ends[:-1])], ends
    assert ends[-1][1] == len(values)
    return [end - start for start, end in ends]


def same(source, target):
    """Tell that both sides hold the same bytes."""
    of = [[one.raw for one in raw_collection(c, NS).find({}, sort=[("_id", 1)])] for c in (source, target)]
    assert of[0] == of[1] and len(of[0]) == DOCUMENTS


def copied_by(slots, secrets, numbers):
    """Copy by so many slots at once; return how many documents each sent."""
    sent = [0] * slots
    failed = []

    def work(at):
        try:
            sent[at] = sum(copy_slot(Slot(at, numbers), "ranges", SETTINGS, secrets))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(at,)) for at in range(slots)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return sent


def a_long_range_becomes_many(source, target, secrets):
    """However long it is, and whoever came upon it, so that all can work on it."""
    state = planned(target)
    sent = copied_by(2, secrets, (0, 1, 2))
    same(source, target)
    assert sum(sent) == DOCUMENTS, sent
    lengths = hold_each_document_once(state, source)
    # What is too long is seen with the reply after it, and what is cut off begins so many documents later as are planned.
    assert lengths[2] <= slot_reader._TOO_LONG * PLANNED + REPLY + PLANNED, lengths
    # The rest is cut before it is copied, so that as many as are free begin with it at once.
    assert set(lengths[3:-1]) == {PLANNED} and 0 < lengths[-1] <= PLANNED, lengths
    assert all(part.done for part in state.parts())


def a_cut_that_is_cut_off_loses_nothing(source, target, secrets):
    """At each of its writes, before it and after it: who comes next finds each document in one range."""
    for write in range(3):
        for is_done in (False, True):
            state = planned(target)
            part = state.claim(2, 0, "first")
            part.last = identifier(9_000)
            state.save(part, "first")
            left, names = [write], ("planned", "ranges", "ranges")

            class Ending:
                def __init__(self, collection):
                    self._collection = collection

                def __getattr__(self, name):
                    method = getattr(self._collection, name)
                    if not name.startswith(("update", "find_one_and")):
                        return method

                    def call(*args, **kwargs):
                        left[0] -= 1
                        if left[0] >= 0:
                            return method(*args, **kwargs)
                        if is_done:
                            method(*args, **kwargs)
                        raise CutOffError

                    return call

            whole, state.db = state.db, {name: Ending(state.db[name]) for name in names}
            try:
                state.cut(part, "first", identifier(11_000))
                raise AssertionError("nothing was cut off")
            except CutOffError:
                state.db = whole
            state.release()
            hold_each_document_once(state, source)
            copied_by(2, secrets, (0, 1, 2))
            hold_each_document_once(state, source)
            # What lies before `last` was said to be there, and was not sent in this test.
            found = target[NS.db][NS.coll].count_documents({})
            assert found == DOCUMENTS - 6_001, found


def nobody_cuts_what_another_has_taken_over(target):
    """The one who was taken for gone stops, and the ranges stay as they are."""
    state = planned(target)
    mine = state.claim(2, 0, "first")
    state.claim(2, 0, "second")
    before = state.parts()
    try:
        state.cut(mine, "first", identifier(11_000))
        raise AssertionError("cut")
    except TakenOverError:
        assert state.parts() == before


def whoever_has_nothing_to_copy_waits_for_the_others(source, target):
    """Longer each time on an account, which charges for asking; not for ever; and takes what is let go of meanwhile."""
    on_account = replace(SETTINGS, target_kind="cosmos-ru")
    for settings, longest in ((SETTINGS, 0.05), (on_account, 2.0)):
        state, waits = planned(target), []
        for number in (0, 1, 2):
            state.claim(number, 1, "other")
        steps = list(SlotReader(Slot(0, (0, 1, 2)), settings, source, state, "mine", waits.append).steps())
        assert steps == [Idle()] * len(waits), steps
        assert waits[:2] == [0.05, min(longest, 0.1)] and waits == sorted(waits), waits
        assert max(waits) == longest and 29.9 < sum(waits) < 30.1 + longest, waits

    state, waits = planned(target), []
    for number in (0, 1, 2):
        state.save(replace(state.claim(number, 1, "other"), done=number > 0), "other")

    def sleep(seconds):
        waits.append(seconds)
        if len(waits) == 3:
            state.release()

    mine = SlotReader(Slot(0, (0, 1, 2)), SETTINGS, source, state, "mine", sleep)
    taken = []
    for step in mine.steps():
        if isinstance(step, EndOfRange):
            taken.append((step.part.number, len(waits)))
            state.save(replace(step.part, done=True), "mine")
    assert taken == [(0, 3)] and len(waits) == 3, (taken, waits)


def main(source_uri, target_uri):
    """Raise where anything is not as it should be."""
    secrets = Secrets(source_uri, target_uri)
    with connect(source_uri) as source, connect(target_uri) as target:
        source.drop_database(NS.db)
        source[NS.db][NS.coll].insert_many({"_id": at, "text": "x" * 70} for at in range(DOCUMENTS))
        a_long_range_becomes_many(source, target, secrets)
        a_cut_that_is_cut_off_loses_nothing(source, target, secrets)
        nobody_cuts_what_another_has_taken_over(target)
        whoever_has_nothing_to_copy_waits_for_the_others(source, target)
    print("as it should be")


main(*sys.argv[1:])
