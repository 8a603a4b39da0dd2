"""Documents as they come in a reply and go out in an insert: one after another, in one piece of memory."""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from operator import sub

from mongo_to_cosmos.raw_bson import TIMESTAMP, MalformedBsonError, has_empty_timestamp

_INT32 = struct.Struct("<i")
_SMALLEST = 5
_TIMESTAMP_BYTE = bytes([TIMESTAMP])
_EMPTY_TIMESTAMP = bytes(8)


class Documents:
    """A run of documents. Parts of it share its memory: nothing is copied until one document is looked at."""

    __slots__ = ("_data", "_edges")

    def __init__(self, data: bytes, edges: list[int] | None = None) -> None:
        """`edges`: where in `data` each document begins, and where the last one ends; all of `data` unless given."""
        self._data = data
        self._edges = _edges_of(data) if edges is None else edges

    @staticmethod
    def of(documents: Iterable[bytes]) -> Documents:
        """Lay single documents one after another."""
        return Documents(b"".join(documents))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._edges) - 1

    def __getitem__(self, at: int) -> bytes:
        """Return the bytes of one document."""
        at = at + len(self) if at < 0 else at
        return self._data[self._edges[at] : self._edges[at + 1]]

    def __iter__(self) -> Iterator[bytes]:
        """Yield each document's bytes."""
        data, start = self._data, self._edges[0]
        for end in self._edges[1:]:
            yield data[start:end]
            start = end

    @property
    def size(self) -> int:
        """Bytes of all of them."""
        return self._edges[-1] - self._edges[0]

    def sizes(self) -> Iterator[int]:
        """Yield the bytes of each."""
        return map(sub, self._edges[1:], self._edges)

    def together(self) -> bytes:
        """Return all of them in one piece."""
        start, end = self._edges[0], self._edges[-1]
        return self._data if end - start == len(self._data) else self._data[start:end]

    def part(self, start: int, stop: int | None = None) -> Documents:
        """Return those from `start` on, up to `stop`."""
        stop = len(self) if stop is None else min(stop, len(self))
        start = min(start, stop)
        return Documents(self._data, self._edges[start : stop + 1])

    def followed_by(self, others: Documents) -> Documents:
        """Return these, and the others after them."""
        if not len(self):
            return others
        return self if not len(others) else Documents(self.together() + others.together())

    def within(self, most: int) -> int:
        """Return how many of the first ones hold no more than `most` bytes together."""
        return bisect_right(self._edges, self._edges[0] + most) - 1

    def with_empty_timestamps(self) -> list[bytes]:
        """Return those in which a server would fill a timestamp in on insert."""
        data, end = self._data, self._edges[-1]
        found: list[bytes] = []
        # Nothing is quicker than to look for one byte, and few documents hold it.
        at = data.find(_TIMESTAMP_BYTE, self._edges[0], end)
        while at != -1:
            name_end = data.find(0, at + 1, end)
            if data[name_end + 1 : name_end + 9] == _EMPTY_TIMESTAMP:
                number = bisect_right(self._edges, at) - 1
                document = self[number]
                if has_empty_timestamp(document):
                    found.append(document)
                    at = self._edges[number + 1] - 1
            at = data.find(_TIMESTAMP_BYTE, at + 1, end)
        return found


def _edges_of(data: bytes) -> list[int]:
    edges = [0]
    at, end = 0, len(data)
    read = _INT32.unpack_from
    try:
        while at < end:
            length = int(read(data, at)[0])
            at += length
            if length < _SMALLEST or at > end:
                break
            edges.append(at)
    except struct.error:
        pass
    if edges[-1] != end:
        raise MalformedBsonError("a reply that does not end with a document")
    return edges
