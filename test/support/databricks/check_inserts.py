"""Tries the bundle's reading and writing of documents' bytes by itself. Arguments: a source's and a target's URI."""

import random
import sys

from bson import Binary, encode
from bson.raw_bson import RawBSONDocument
from bson.timestamp import Timestamp
from pymongo.errors import AutoReconnect, OperationFailure
from mongo_to_cosmos import inserts, raw_cursor
from mongo_to_cosmos.connections import connect, raw_collection
from mongo_to_cosmos.documents import Documents
from mongo_to_cosmos.pacing import ChargeModel
from mongo_to_cosmos.raw_bson import DOCUMENT, MalformedBsonError, has_empty_timestamp, raw_document
from mongo_to_cosmos.reader import read_part
from mongo_to_cosmos.settings import CollectionSettings, Namespace, Settings
from mongo_to_cosmos.parts import Counts, Part
from mongo_to_cosmos.state import State
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


def with_short_uuid(at):
    """Return a document whose `_id` PyMongo refuses to decode: a UUID of two bytes."""
    whole = encode({"_id": Binary(bytes([0, at]), 0)})
    subtype = len(whole) - 4
    return whole[:subtype] + b"\4" + whole[subtype + 1 :]


def finds_each_empty_timestamp_and_no_other(rng):
    """A look at a run, or a part of it, is as good as one at each document."""
    for count in [*(rng.randrange(12) for _ in range(300)), 99, 100, 101, 1_234]:
        documents = some_documents(rng, count)
        array = array_of(documents)
        as_array = Documents.of_array(bytearray(b"before" + array + b"after"), len(b"before"))
        assert bytes(as_array.array) == array
        start = rng.randrange(len(documents) + 1)
        stop = rng.randrange(start, len(documents) + 1)
        some = documents[start:stop]
        for run, between in ((Documents.of(documents), 0), (as_array, 6)):
            assert list(run) == documents and len(run) == count and run.size == sum(map(len, documents))
            part = run.part(start, stop)
            assert list(part) == some and part.together() == b"".join(some)
            assert part.size == sum(map(len, some)) and part.array is None or part is run
            assert list(part.part(1).followed_by(part.part(0, 1))) == some[1:] + some[:1]
            assert part.with_empty_timestamps() == [one for one in some if has_empty_timestamp(one)]
            room = rng.randrange(400)
            fit = part.within(room)
            assert sum(list(part.sizes())[:fit]) <= room
            assert fit == len(part) or sum(list(part.sizes())[: fit + 1]) + (fit + 1) * between > room


def array_of(documents):
    """Return them as the BSON array in which a server sends them."""
    return encode({"": [RawBSONDocument(one) for one in documents]})[6:-1]


def refuses_a_reply_that_is_no_run_of_documents(rng):
    """Neither a wrong byte nor an endless walk."""
    for data in (bytes(4) + b"\0", b"\5\0\0\0", b"\6\0\0\0\0", b"\xff\xff\xff\xff\0", b"\5\0\0\0\0\4\0\0\0\0"):
        is_refused(lambda data=data: Documents(data))
    documents = some_documents(rng, 12)
    fields = [(str(at), DOCUMENT, one) for at, one in enumerate(documents)]
    assert list(Documents.of_array(raw_document(*fields), 0)) == documents
    for others in (fields[1:], fields[:-1] + [("12", DOCUMENT, documents[-1])], [("00", *fields[0][1:]), *fields[1:]]):
        # Numbered from 1 on, with a gap, with a name that is no number: PyMongo's own way is taken then.
        is_refused(lambda others=others: Documents.of_array(raw_document(*others), 0))
    array = raw_document(*fields)
    for length in (0, 4, len(array) - 1, len(array) + 1, -1):
        is_refused(lambda length=length: Documents.of_array(length.to_bytes(4, "little", signed=True) + array[4:], 0))


def is_refused(making):
    """Tell that it cannot be made."""
    try:
        made = list(making())
    except MalformedBsonError:
        return
    raise AssertionError(made)


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
                    assert list(map(list, found["cursor"].pop(name))) == ([documents] if documents else [])
                    assert found["cursor"] == {**before, **after} and found["ok"] == 1.0, found
            # Too far back to be found in the first look.
            assert raw_cursor.reply_of(encode({"long": "x" * 5_000, **reply})) is None
    for other in (None, encode({"ok": 0.0, "errmsg": "no"}), encode({"cursor": {"id": 7}}), encode({"cursor": 7}), b""):
        assert raw_cursor.reply_of(other) is None


def copied(source, target, documents, *, again=False):
    """Copy them by reader and writer, `again` onto what an earlier copy has left; return the writer's counts."""
    client = connect(target)
    if not again:
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
    refuses_a_reply_that_is_no_run_of_documents(rng)
    reads_a_reply_as_pymongo_does(rng)

    documents = some_documents(rng, 2_990) + [with_short_uuid(at) for at in range(10)]
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

    # Again onto all of them: the server quotes each `_id`, whatever its bytes are, and each is met as equal.
    again = copied(source, target, documents, again=True)
    assert (again.acknowledged, again.already_there) == (0, 3_000), again

    # A PyMongo without that connection, or a server without OP_MSG: each document goes by itself.
    wire, inserts._LEAST_WIRE_VERSION = inserts._LEAST_WIRE_VERSION, 1_000
    assert copied(source, target, documents) == whole
    inserts._LEAST_WIRE_VERSION = wire

    # Replies that nobody takes apart here: PyMongo's own raw cursor does.
    reply_of, raw_cursor.reply_of = raw_cursor.reply_of, lambda payload: None
    assert copied(source, target, documents) == whole
    raw_cursor.reply_of = reply_of

    # An array that is too large for its command: one document after another, in the same message.
    array, inserts._MOST_ARRAY_BYTES = inserts._MOST_ARRAY_BYTES, 0
    assert copied(source, target, documents) == whole
    inserts._MOST_ARRAY_BYTES = array

    # A connection that goes before the insert or after it: sent again, and what has arrived is met as equal.
    message_of, cut = inserts.message_of, []

    def cut_off(request, command, run):
        cut.append(run)
        if len(cut) == 1:
            raise AutoReconnect
        if len(cut) == 3:
            inserts.message_of = message_of
            client = connect(target)
            client[NS.db][NS.coll].insert_many([RawBSONDocument(one) for one in run])
            raise AutoReconnect
        return message_of(request, command, run)

    inserts.message_of = cut_off
    repeated = copied(source, target, documents)
    assert (repeated.acknowledged, repeated.already_there) == (3_000 - len(cut[2]), len(cut[2])), repeated

    # A refusal of the whole insert is the writer's to judge: it comes through at once.
    refused = []

    def refusing(request, command, run):
        refused.append(run)
        raise OperationFailure("Request rate is large", 16500)

    inserts.message_of = refusing
    inserter = inserts.Inserter(connect(target)[NS.db], NS.coll, SETTINGS, sleep=refused.append)
    try:
        inserter.insert(Documents.of(documents[:2]))
        raise AssertionError("inserted")
    except OperationFailure:
        assert len(refused) == 1, refused
    inserts.message_of = message_of

    # A message that loses a document, which shows in the reply's count.
    lost = []

    def losing(request, command, run):
        lost.append(run)
        return message_of(request, command, run.part(1) if len(lost) == 1 else run)

    inserts.message_of = losing
    short = copied(source, target, documents)
    assert len(lost) == 1, "what it is not to be of any more was taken again"
    assert (short.acknowledged, short.already_there) == (2_601, 399), short
    print("as it should be")


main(*sys.argv[1:])
