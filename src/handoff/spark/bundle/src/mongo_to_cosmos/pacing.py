"""Keeps a task within its share of a collection's request units.

All tasks that write to one budget divide it: each takes RU/s divided by the number of them. That number is
asked for now and then, so that those that are left take over what others leave.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Callable, Sequence

# What may be saved up while nothing is sent: budgets are renewed by the second, older leftovers are lost.
_BURST_SECONDS = 1.0
# A little more than the share is asked for, and some of it refused: only then is nothing left unused.
_LEAD = 1.05
_STEP = 0.02
# What is refused is waited for as told, so that going far below the share only leaves some of it unused.
_LEAST, _MOST = 0.95, 1.6
_WINDOW_SECONDS = 1.0
_LOW, _HIGH = 0.03, 0.1
_LEARNING = 0.3
# Extremes of one reading must not stop a task or let it run off.
_FACTOR_LEAST, _FACTOR_MOST = 0.2, 20.0


class ChargeModel:
    """Expects what an insert is charged: a table by size, and a factor learnt from real charges."""

    def __init__(self, table: Sequence[tuple[int, float]], ru_per_document: float | None) -> None:
        """`ru_per_document`: measured while planning, used until the first charge is known."""
        self._sizes = [size for size, _ in table]
        self._charges = [ru for _, ru in table]
        self._start = ru_per_document
        self.factor = 1.0
        self.readings = 0

    def by_table(self, size: int) -> float:
        """Return the table's charge, linear between two rows and beyond the last."""
        if size <= self._sizes[0]:
            return self._charges[0]
        at = min(bisect_left(self._sizes, size), len(self._sizes) - 1)
        low, high = self._sizes[at - 1], self._sizes[at]
        slope = (self._charges[at] - self._charges[at - 1]) / (high - low)
        return self._charges[at - 1] + (size - low) * slope

    def expect(self, size: int) -> float:
        """Return the request units that inserting a document of `size` bytes is expected to take."""
        expected = self.by_table(size) * self.factor
        if self.readings == 0 and self._start is not None:
            return max(expected, self._start)
        return expected

    def learn(self, by_table: float, charged: float) -> None:
        """Take a real charge into account; `by_table` is the table's sum for the same documents."""
        if by_table <= 0 or charged <= 0:
            return
        seen = min(max(charged / by_table, _FACTOR_LEAST), _FACTOR_MOST)
        self.factor += (seen - self.factor) * (1.0 if self.readings == 0 else _LEARNING)
        self.readings += 1


class RuBudget:
    """A token bucket in request units. It may go into debt by one batch, which it then waits off."""

    def __init__(
        self,
        share: float,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`share`: request units per second of this task."""
        self.share = share
        self._now, self._sleep = now, sleep
        self._tokens = 0.0
        self._at = self._window_at = now()
        self._pace = _LEAD
        self._sent = self._throttled = 0

    @property
    def rate(self) -> float:
        """Request units per second that are asked for at present."""
        return max(1.0, self.share * self._pace)

    def take(self, ru: float) -> None:
        """Wait until nothing is owed, then take `ru`."""
        self._refill()
        if self._tokens < 0:
            self._sleep(-self._tokens / self.rate)
            self._refill()
        self._tokens -= ru

    def settle(self, taken: float, charged: float) -> None:
        """Correct by what was really charged."""
        self._tokens += taken - charged

    def observe(self, sent: int, throttled: int) -> None:
        """Take note of a reply: a little slower where too many were refused, faster where none was."""
        self._sent += sent
        self._throttled += throttled
        now = self._now()
        if now - self._window_at < _WINDOW_SECONDS:
            return
        refused = self._throttled / max(1, self._sent)
        if refused > _HIGH:
            self._pace = max(_LEAST, self._pace - _STEP * (2 if refused > 2 * _HIGH else 1))
        elif refused < _LOW:
            self._pace = min(_MOST, self._pace + _STEP)
        self._sent = self._throttled = 0
        self._window_at = now

    def _refill(self) -> None:
        now = self._now()
        self._tokens = min(self._tokens + (now - self._at) * self.rate, self.rate * _BURST_SECONDS)
        self._at = now
