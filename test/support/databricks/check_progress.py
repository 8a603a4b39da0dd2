"""Tries how a task of the bundle has inserts under way and notes of progress beside them, without any server."""

import random
import threading
from types import SimpleNamespace

from bson import encode
from mongo_to_cosmos.documents import Documents
from mongo_to_cosmos.parts import Counts, Part
from mongo_to_cosmos.progress import Amount, Progress
from mongo_to_cosmos.raw_bson import raw_id
from mongo_to_cosmos.writers import Writers, inserts_at_once

BATCH = Amount(40, 4_000)
INSERTS = 20


def some(first, count, size=20):
    return Documents.of(encode({"_id": first + at, "x": "x" * size}) for at in range(count))


class Target:
    """Takes inserts of a Writers; with two at once it answers the second of each pair before the first."""

    def __init__(self, at_once):
        self._seconds = [threading.Event() for _ in range(INSERTS // 2)] if at_once == 2 else []
        self._sent = 0

    def writer(self, counts):
        def write(documents):
            number, self._sent = self._sent, self._sent + 1
            if self._seconds:
                second = self._seconds[number // 2]
                assert second.wait(10) if number % 2 == 0 else second.set() is None
            counts.sent += len(documents)

        return SimpleNamespace(write=write)


def inserts_are_acknowledged_in_the_order_in_which_they_were_sent(at_once):
    target, counts = Target(at_once), Counts()
    writers = Writers(target.writer, counts, at_once)
    acknowledged = []
    for at in range(0, 3 * INSERTS, 3):
        acknowledged += writers.write(some(at, 3))
        assert counts.sent == sum(map(len, acknowledged)), "what is not acknowledged is counted"
    acknowledged += writers.settle()
    writers.close()
    last = [raw_id(documents[-1]) for documents in acknowledged]
    assert last == [raw_id(some(at, 3)[-1]) for at in range(0, 3 * INSERTS, 3)], last
    assert counts.sent == 3 * INSERTS


def nothing_is_acknowledged_from_an_insert_on_that_failed(at_once):
    counts, sent = Counts(), []

    def writer(mine):
        def write(documents):
            sent.append(documents)
            if len(sent) == 3:
                raise RuntimeError("the third")
            mine.sent += len(documents)

        return SimpleNamespace(write=write)

    writers, acknowledged = Writers(writer, counts, at_once), []
    try:
        for at in range(10):
            acknowledged += writers.write(some(at, 1))
    except RuntimeError:
        pass
    writers.close()
    assert [raw_id(documents[0]) for documents in acknowledged] == [raw_id(some(at, 1)[0]) for at in range(2)]
    assert counts.sent == 2


class Slow(Progress):
    """Notes are written no sooner than somebody waits for them."""

    def __init__(self, save, now):
        self._gate = threading.Event()

        def when_waited_for(part):
            assert self._gate.wait(10)
            save(part)

        super().__init__(when_waited_for, now)

    def settle(self):
        self._gate.set()
        super().settle()
        self._gate.clear()


def no_more_than_a_batch_is_ever_sent_and_not_noted(rng, is_slow):
    now, noted, sent, inserts = [0.0], [], 0, []
    part = Part(1, 0, whole=False)
    by_last = {None: 0}

    def save(one):
        # What is noted is acknowledged, and never less than before.
        assert by_last[one.last] >= by_last[noted[-1].last if noted else None]
        noted.append(one)

    progress = (Slow if is_slow else Progress)(save, lambda: now[0])
    for _ in range(300):
        documents = some(sent, rng.choice((1, 3, 15, 60)), rng.choice((1, 50)))
        if not progress.has_room_for(documents, BATCH):
            progress.note(part)
            progress.settle()
        progress.sent(documents)
        inserts.append(documents)
        not_noted = [one for one in inserts if by_last.get(raw_id(one[-1]), sent + 1) > by_last[noted[-1].last if noted else None]]
        amount = Amount()
        for one in not_noted:
            amount.add(one)
        assert len(not_noted) == 1 or not amount.exceeds(BATCH), (amount, len(not_noted))
        sent += len(documents)
        by_last[raw_id(documents[-1])] = sent
        progress.acknowledged(part, documents)
        part.counts.sent = sent
        now[0] += rng.choice((0.0, 0.3))
        if progress.is_due(BATCH):
            progress.note(part)
    part.done = True
    progress.note(part)
    progress.settle()
    progress.close()
    assert noted[-1] == part and noted[-1] is not part
    assert [one.counts.sent for one in noted] == [by_last[one.last] for one in noted], "counts of another moment"


def a_note_is_begun_at_half_a_batch_or_after_a_second():
    now, noted = [0.0], []
    progress = Progress(noted.append, lambda: now[0])
    part = Part(1, 0, whole=False)

    def write(count):
        progress.sent(some(0, count))
        progress.acknowledged(part, some(0, count))

    write(19)
    assert not progress.is_due(BATCH)
    write(1)
    assert progress.is_due(BATCH)
    progress.note(part)
    progress.settle()
    assert progress.has_room_for(some(0, 40), BATCH), "what is noted takes no room"
    write(1)
    assert not progress.is_due(BATCH)
    now[0] = 1.0
    assert progress.is_due(BATCH)
    progress.note(part)
    progress.settle()
    now[0] = 5.0
    assert not progress.is_due(BATCH), "nothing is to be noted"
    progress.close()
    assert len(noted) == 2


def who_cannot_note_does_not_go_on():
    def refuse(part):
        raise RuntimeError("taken over")

    progress = Progress(refuse)
    part = Part(1, 0, whole=False)
    progress.sent(some(0, 1))
    progress.acknowledged(part, some(0, 1))
    progress.note(part)
    try:
        progress.note(part)
    except RuntimeError:
        progress.close()
        return
    raise AssertionError("went on")


def two_inserts_are_under_way_where_the_target_is_far():
    def target(seconds):
        now = [0.0]

        def ping(name):
            assert name == "ping"
            now[0] += seconds.pop(0)

        return SimpleNamespace(admin=SimpleNamespace(command=ping)), lambda: now[0]

    for kind, seconds, expected in (
        ("mongodb", [0.0005] * 5, 1),
        ("mongodb", [0.05, 0.01, 0.0008, 0.3, 0.02], 1),
        ("mongodb", [0.02] * 5, 2),
        ("cosmos-vcore", [0.003] * 5, 2),
        ("cosmos-ru", [], 1),
    ):
        client, now = target(list(seconds))
        assert inserts_at_once(client, SimpleNamespace(target_kind=kind), now) == expected, (kind, seconds)


def main():
    rng = random.Random(7)
    for at_once in (1, 2):
        inserts_are_acknowledged_in_the_order_in_which_they_were_sent(at_once)
        nothing_is_acknowledged_from_an_insert_on_that_failed(at_once)
    for is_slow in (False, True):
        no_more_than_a_batch_is_ever_sent_and_not_noted(rng, is_slow)
    a_note_is_begun_at_half_a_batch_or_after_a_second()
    who_cannot_note_does_not_go_on()
    two_inserts_are_under_way_where_the_target_is_far()
    print("as it should be")


main()
