"""Documents as they come in a reply and go out in an insert: in one piece of memory, which nobody takes apart."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import count

from mongo_to_cosmos.raw_bson import TIMESTAMP, MalformedBsonError, has_empty_timestamp

Memory = bytes | bytearray

_INT32 = struct.Struct("<i")
_SMALLEST = 5
_TIMESTAMP_BYTE = bytes([TIMESTAMP])
_EMPTY_TIMESTAMP = bytes(8)
# What stands in front of a document in a BSON array besides the digits of its number: a type, and an end.
_AROUND_DIGITS = 2


class Documents:
    """A run of documents. Parts of it share its memory: nothing is copied until one document is looked at."""

    __slots__ = ("_array", "_data", "_end", "_number", "_starts")

    def __init__(self, data: Memory) -> None:
        """Take documents that lie one after another, and nothing besides."""
        self._data = data
        self._end = len(data)
        self._starts = _starts_in_run(data)
        # Of the first one in the array that they are elements of.
        self._number: int | None = None
        self._array: tuple[int, int] | None = None

    @staticmethod
    def of(documents: Iterable[bytes]) -> Documents:
        """Lay single documents one after another."""
        return Documents(b"".join(documents))

    @staticmethod
    def of_array(data: Memory, start: int) -> Documents:
        """Take the elements of the BSON array that begins at `start`, which a server numbers from 0 on."""
        end = start + int(_INT32.unpack_from(data, start)[0])
        starts = _starts_in_array(data, start + 4, end - 1)
        return Documents._made(data, starts, end - 1, 0, (start, end))

    @staticmethod
    def _made(
        data: Memory, starts: list[int], end: int, number: int | None, array: tuple[int, int] | None = None
    ) -> Documents:
        made = Documents(b"")
        made._data, made._starts, made._end, made._number, made._array = data, starts, end, number, array
        return made

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._starts)

    def __getitem__(self, at: int) -> bytes:
        """Return the bytes of one document."""
        start = self._starts[at]
        return bytes(self._data[start : self._end_of(start)])

    def __iter__(self) -> Iterator[bytes]:
        """Yield each document's bytes."""
        view = memoryview(self._data)
        for start, size in zip(self._starts, self.sizes(), strict=True):
            yield view[start : start + size].tobytes()

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        if not self._starts:
            return 0
        between = 0 if self._number is None else _numbers_size(self._number + 1, len(self._starts) - 1)
        return self._end - self._starts[0] - between

    @property
    def array(self) -> memoryview | None:
        """The BSON array whose elements they are, all of them; None where there is none."""
        return self._array and memoryview(self._data)[slice(*self._array)]

    def sizes(self) -> Iterator[int]:
        """Yield the bytes of each."""
        data, read = self._data, _INT32.unpack_from
        return (read(data, start)[0] for start in self._starts)

    def together(self) -> Memory:
        """Return all of them one after another."""
        if self._number is not None:
            return b"".join(self)
        if not self._starts:
            return b""
        start, end = self._starts[0], self._end
        return self._data if end - start == len(self._data) else self._data[start:end]

    def part(self, start: int, stop: int | None = None) -> Documents:
        """Return those from `start` on, up to `stop`."""
        stop = len(self) if stop is None else min(stop, len(self))
        starts = self._starts[start:stop]
        if len(starts) == len(self):
            return self
        if not starts:
            return Documents(b"")
        number = None if self._number is None else self._number + start
        return Documents._made(self._data, starts, self._end_of(starts[-1]), number)

    def followed_by(self, others: Documents) -> Documents:
        """Return these, and the others after them."""
        if not len(self):
            return others
        return self if not len(others) else Documents(bytes(self.together()) + others.together())

    def within(self, most: int) -> int:
        """Return how many of the first ones hold no more than `most` bytes, what lies between them included."""
        if not self._starts or self._end - self._starts[0] <= most:
            return len(self)
        return bisect_right(self._starts, self._starts[0] + most) - 1

    def with_empty_timestamps(self) -> list[bytes]:
        """Return those in which a server would fill a timestamp in on insert."""
        if not self._starts:
            return []
        data, end = self._data, self._end
        found: list[bytes] = []
        # Nothing is quicker than to look for one byte, and few documents hold it.
        at = data.find(_TIMESTAMP_BYTE, self._starts[0], end)
        while at != -1:
            name_end = data.find(0, at + 1, end)
            if data[name_end + 1 : name_end + 9] == _EMPTY_TIMESTAMP:
                number = bisect_right(self._starts, at) - 1
                document = self[number]
                if has_empty_timestamp(document):
                    found.append(document)
                    at = self._end_of(self._starts[number]) - 1
            at = data.find(_TIMESTAMP_BYTE, at + 1, end)
        return found

    def _end_of(self, start: int) -> int:
        return start + int(_INT32.unpack_from(self._data, start)[0])


def _starts_in_run(data: Memory) -> list[int]:
    starts: list[int] = []
    at, end = 0, len(data)
    read, add = _INT32.unpack_from, starts.append
    try:
        while at < end:
            add(at)
            length = read(data, at)[0]
            if length < _SMALLEST:
                break
            at += length
    except struct.error:
        pass
    if at != end:
        raise MalformedBsonError("a reply that does not end with a document")
    return starts


def _starts_in_array(data: Memory, at: int, end: int) -> list[int]:
    """Go from element to element: numbers count up, so that none has to be read."""
    starts: list[int] = []
    read, add = _INT32.unpack_from, starts.append
    try:
        for digits in count(1):
            before = _AROUND_DIGITS + digits
            for _ in range(_numbers_of(digits)):
                if at >= end:
                    break
                at += before
                add(at)
                length = read(data, at)[0]
                if length < _SMALLEST:
                    raise MalformedBsonError("a document that is shorter than an empty one")
                at += length
            else:
                continue
            break
    except struct.error:
        pass
    last = b"%d\0" % (len(starts) - 1)
    if at != end or (starts and data[starts[-1] - len(last) : starts[-1]] != last):
        raise MalformedBsonError("an array that does not number its elements from 0 to its end")
    return starts


def _numbers_of(digits: int) -> int:
    return 10 if digits == 1 else int(9 * 10 ** (digits - 1))


def _numbers_size(first: int, many: int) -> int:
    """Return the bytes of what stands in front of that many elements of an array, from number `first` on."""
    return sum(_numbers_size_below(until) * sign for until, sign in ((first + many, 1), (first, -1)))


def _numbers_size_below(number: int) -> int:
    size, digits = 0, 1
    while number > 0:
        some = min(number, _numbers_of(digits))
        size += some * (_AROUND_DIGITS + digits)
        number -= some
        digits += 1
    return size
