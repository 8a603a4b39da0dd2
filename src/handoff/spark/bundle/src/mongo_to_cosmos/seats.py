"""A task's place at a budget, which it divides evenly with the other tasks that write to it."""

from __future__ import annotations

import time

from mongo_to_cosmos.pacing import RuBudget
from mongo_to_cosmos.settings import CollectionSettings
from mongo_to_cosmos.state import State

# How often a task asks how many share its budget.
_ASK_EVERY_SECONDS = 1.0


class Seat:
    """For collections of one budget. Without request units there is nothing to divide."""

    def __init__(self, state: State, owner: str, collection: CollectionSettings) -> None:
        """Take a place for `owner`, at the budget of `collection`."""
        self._state, self._owner = state, owner
        self._budget = collection.budget
        self._ru_per_second = collection.ru_per_second
        self._at = time.monotonic()
        self.budget = None if self._ru_per_second is None else RuBudget(self._share(self._ru_per_second))

    def serves(self, collection: CollectionSettings) -> bool:
        """Tell whether this is the place for a collection, too."""
        return (self._budget, self._ru_per_second) == (collection.budget, collection.ru_per_second)

    def refresh(self) -> None:
        """Ask again how many there are, now and then."""
        if self.budget is None or self._ru_per_second is None:
            return
        if time.monotonic() - self._at >= _ASK_EVERY_SECONDS:
            self.budget.share = self._share(self._ru_per_second)
            self._at = time.monotonic()

    def leave(self) -> None:
        """Give the share to the others."""
        if self.budget is not None:
            self._state.leave(self._owner)

    def _share(self, ru_per_second: float) -> float:
        return ru_per_second / self._state.seated(self._owner, self._budget)
