"""Tries the bundle's reading and writing of documents' bytes by itself. Arguments: a source's and a target's URI."""

import random
import sys

from bson import encode
from bson.raw_bson import RawBSONDocument
from bson.timestamp import Timestamp
from mongo_to_cosmos import inserts, raw_cursor
from mongo_to_cosmos.connections import connect, raw_collection
from mongo_to_cosmos.copy_part import Batch
from mongo_to_cosmos.documents import Documents
from mongo_to_cosmos.pacing import ChargeModel
from mongo_to_cosmos.raw_bson import MalformedBsonError, has_empty_timestamp
from mongo_to_cosmos.reader import read_part
from mongo_to_cosmos.settings import CollectionSettings, Namespace, Settings
from mongo_to_cosmos.state import Counts, Part, State
from mongo_to_cosmos.writer import Writer

NS = Namespace("inserts", "docs")
COLLECTION = CollectionSettings(
    source=NS, target=NS, documents=1, size=1_000, budget="", ru_per_second=None, shard_key=(), dead_letter_over=None
)
SETTINGS = Settings(
    plan_id="",
    target_kind="mongodb",
    conflict_policy="fail",
    read_preference="primary",
    read_concern=None,
    secret_scope="",
    slots=1,
    range_bytes=1,
    batch_documents=400,
    batch_bytes=100_000,
    ru_per_document=None,
    state_ru_per_second=None,
    charge_table=((0, 1.0),),
    collections=(COLLECTION,),
)


def some_value(rng, depth=0):
    """Return bytes that look like a type, a name's end or a timestamp, wherever they may stand."""
    kinds = [
        lambda: Timestamp(0, 0),
        lambda: Timestamp(0, rng.randrange(2)),
        lambda: Timestamp(rng.randrange(2**32), 0),
        lambda: 0,
        lambda: 0.0,
        lambda: rng.randrange(2**62),
        lambda: rng.randbytes(rng.randrange(40)),
        lambda: b"\x11a\0" + bytes(8),
        lambda: "\x11" * rng.randrange(5),
    ]
    if depth < 2:
        kinds.append(lambda: {f"n{at}": some_value(rng, depth + 1) for at in range(rng.randrange(3))})
        kinds.append(lambda: [some_value(rng, depth + 1) for _ in range(rng.randrange(3))])
    return rng.choice(kinds)()


def some_documents(rng, count):
    """Return that many documents with `_id`s in their order."""
    return [
        encode({"_id": at, **{rng.choice("ab\x11") * (n + 1): some_value(rng) for n in range(rng.randrange(4))}})
        for at in range(count)
    ]


def finds_each_empty_timestamp_and_no_other(rng):
    """A look at a run, or a part of it, is as good as one at each document."""
    for _ in range(300):
        documents = some_documents(rng, rng.randrange(12))
        run = Documents.of(documents)
        assert list(run) == documents
        start = rng.randrange(len(documents) + 1)
        stop = rng.randrange(start, len(documents) + 1)
        part = run.part(start, stop)
        assert list(part) == documents[start:stop] and part.together() == b"".join(documents[start:stop])
        assert part.with_empty_timestamps() == [one for one in documents[start:stop] if has_empty_timestamp(one)]
        room = rng.randrange(400)
        fit = part.within(room)
        assert sum(list(part.sizes())[:fit]) <= room
        assert fit == len(part) or sum(list(part.sizes())[: fit + 1]) > room


def refuses_a_reply_that_is_no_run_of_documents():
    """Neither a wrong byte nor an endless walk."""
    for data in (bytes(4) + b"\0", b"\5\0\0\0", b"\6\0\0\0\0", b"\xff\xff\xff\xff\0", b"\5\0\0\0\0\4\0\0\0\0"):
        try:
            Documents(data)
        except MalformedBsonError:
            continue
        raise AssertionError(data)


def reads_a_reply_as_pymongo_does(rng):
    """Whatever stands before and after its documents; what is no cursor's reply is left to PyMongo."""
    for name in ("firstBatch", "nextBatch"):
        for count in (0, 1, 50):
            documents = some_documents(rng, count)
            batch = {name: [RawBSONDocument(one) for one in documents]}
            for before, after in (({}, {"id": 7, "ns": "a.b"}), ({"id": 7, "partial": True}, {"ns": "a.b"})):
                reply = {"cursor": {**before, **batch, **after}, "ok": 1.0, "operationTime": Timestamp(7, 1)}
                for told in (encode(reply), memoryview(encode({"note": {"a": [1]}, **reply}))):
                    found = raw_cursor.reply_of(told)
                    assert found["cursor"].pop(name) == ([b"".join(documents)] if documents else [])
                    assert found["cursor"] == {**before, **after} and found["ok"] == 1.0, found
            # Too far back to be found in the first look.
            assert raw_cursor.reply_of(encode({"long": "x" * 5_000, **reply})) is None
    for other in (None, encode({"ok": 0.0, "errmsg": "no"}), encode({"cursor": {"id": 7}}), encode({"cursor": 7}), b""):
        assert raw_cursor.reply_of(other) is None


def notes_a_batch_when_it_is_full_or_a_second_old():
    """An insert always finds room in a batch that has just begun, however large it is."""
    now = [0.0]
    batch = Batch(10, 1_000, now=lambda: now[0])
    few, large = Documents.of(encode({"_id": at}) for at in range(4)), Documents.of([encode({"a": "x" * 2_000})])
    assert batch.has_room_for(large)
    batch.add(few)
    assert batch.has_room_for(few) and not batch.has_room_for(large)
    batch.add(few)
    assert not batch.has_room_for(few), "more than ten documents"
    batch.begin()
    batch.add(few)
    now[0] = 1.0
    assert not batch.has_room_for(few), "older than a second"


def copied(source, target, documents):
    """Copy them by reader and writer; return what the target holds, and the writer's counts."""
    client = connect(target)
    client.drop_database(NS.db)
    counts = Counts()
    writer = Writer(
        client,
        COLLECTION,
        SETTINGS,
        State(client, "inserts", SETTINGS),
        counts,
        None,
        ChargeModel(SETTINGS.charge_table, None),
        sleep=lambda seconds: None,
    )
    part = Part(0, 0, whole=False)
    for reply in read_part(raw_collection(connect(source), NS, SETTINGS), part, 700):
        start = 0
        while start < len(reply):
            end = writer.next_insert(reply, start)
            writer.write(reply.part(start, end))
            start = end
    stored = [one.raw for one in raw_collection(client, NS).find({}, sort=[("_id", 1)])]
    assert stored == documents, "other bytes"
    return counts


def main(source, target):
    """Raise where anything is not as it should be."""
    rng = random.Random(7)
    finds_each_empty_timestamp_and_no_other(rng)
    refuses_a_reply_that_is_no_run_of_documents()
    reads_a_reply_as_pymongo_does(rng)
    notes_a_batch_when_it_is_full_or_a_second_old()

    documents = some_documents(rng, 3_000)
    with connect(source) as client:
        client.drop_database(NS.db)
        fill = Writer(
            client,
            COLLECTION,
            SETTINGS,
            State(client, "inserts", SETTINGS),
            Counts(),
            None,
            ChargeModel(SETTINGS.charge_table, None),
        )
        fill.write(Documents.of(documents))
        stored = [one.raw for one in raw_collection(client, NS).find({}, sort=[("_id", 1)])]
        assert stored == documents and any(map(has_empty_timestamp, documents))

    whole = copied(source, target, documents)
    assert (whole.acknowledged, whole.sent) == (3_000, 3_000), whole

    # A PyMongo that does not know the marker: each document goes by itself.
    marker, inserts.RawRun._type_marker = inserts.RawRun._type_marker, 7
    assert copied(source, target, documents) == whole
    inserts.RawRun._type_marker = marker

    # One that has nothing to lay documents one after another with: its own raw cursor is taken.
    to_run, raw_cursor._to_run = raw_cursor._to_run, None
    assert copied(source, target, documents) == whole
    raw_cursor._to_run = to_run

    # One that sends the first document of a run alone, which shows in the reply's count.
    inserts._copies_runs = lambda: True
    inserts.RawRun.__init__ = lambda self, run: setattr(self, "raw", run[0])
    short = copied(source, target, documents)
    assert (short.acknowledged, short.already_there) == (2_999, 1), short
    print("as it should be")


main(*sys.argv[1:])
