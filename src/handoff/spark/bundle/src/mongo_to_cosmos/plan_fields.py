"""Reads the fields of `plan.json`, each with what it may hold.

Whoever edits the file is told of a mistake by the field's name, before anything is connected to or written.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")

_SHOWN = 80


class BadPlanError(ValueError):
    """`plan.json` does not say what this code needs to know. Nothing has been connected to or written."""

    def __init__(self, what: str) -> None:
        """Make the whole message of `what` is wrong, a sentence without its full stop."""
        super().__init__(
            f"plan.json: {what}. Nothing was connected to or written. "
            "Correct it in src/plan.json, or write the whole bundle again from the plan, and deploy it again."
        )


class Fields:
    """One object of the file: it has these fields, each of them, and no others."""

    def __init__(self, value: object, path: str, names: Sequence[str]) -> None:
        """`path`: of the object in the file, empty for the whole."""
        if not isinstance(value, dict):
            raise BadPlanError(f"{path or 'the file'} is {shown(value)}, and has to be an object with {_list(names)}")
        self._values: dict[str, Any] = value
        self._path = path
        for name in value:
            if name not in names:
                near = get_close_matches(name, [one for one in names if one not in value], n=1)
                meant = f" (is {near[0]} meant?)" if near else ""
                raise BadPlanError(f"{self.path(name)} is not a field that this code knows{meant}")
        for name in names:
            if name not in value:
                raise BadPlanError(f"{self.path(name)} is missing")

    def path(self, name: str) -> str:
        """Return where a field stands in the file."""
        return f"{self._path}.{name}" if self._path else name

    def text(self, name: str, pattern: str = r".+", rule: str = "text that is not empty") -> str:
        """`pattern`: of the whole text, any line's end included."""
        value = self._values[name]
        if not isinstance(value, str) or not re.fullmatch(pattern, value, re.DOTALL):
            self.refuse(name, rule)
        return value

    def one_of(self, name: str, choices: Sequence[T]) -> T:
        """Return the one of these texts that it is."""
        found = next((choice for choice in choices if choice == self._values[name]), None)
        if found is None:
            self.refuse(name, f"one of {_list([repr(choice) for choice in choices])}")
        return found

    def whole(self, name: str, least: int, most: int = 2**63 - 1, why: str = "") -> int:
        """Return a whole number within these bounds."""
        value = self._values[name]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            bounds = f"of at least {least:,}" if most == 2**63 - 1 else f"from {least:,} to {most:,}"
            self.refuse(name, f"a whole number {bounds}{why}")
        return value

    def positive(self, name: str) -> float:
        """Return a number above 0."""
        value = self._values[name]
        if not _is_number(value) or value <= 0:
            self.refuse(name, "a number above 0")
        return float(value)

    def or_null(self, name: str, read: Callable[[str], T]) -> T | None:
        """Return what `read` makes of it, or None where the file says null."""
        return None if self._values[name] is None else read(name)

    def items(self, name: str, read: Callable[[object, str], T]) -> tuple[T, ...]:
        """Return what `read` makes of each item of a list, given the item and its path."""
        value = self._values[name]
        if not isinstance(value, list):
            self.refuse(name, "a list")
        return tuple(read(item, f"{self.path(name)}[{at}]") for at, item in enumerate(value))

    def item(self, name: str, read: Callable[[object, str], T]) -> T:
        """Return what `read` makes of the field, given its value and its path."""
        return read(self._values[name], self.path(name))

    def refuse(self, name: str, rule: str) -> NoReturn:
        """Say what it is, and what it has to be."""
        raise BadPlanError(f"{self.path(name)} is {shown(self._values[name])}, and has to be {rule}")


def charge_row(value: object, path: str) -> tuple[int, float]:
    """Return a row of the table of charges: bytes of a document, and the request units of writing it."""
    if isinstance(value, list) and len(value) == 2 and all(map(_is_number, value)):
        size, ru = value
        if isinstance(size, int) and size > 0 and ru > 0:
            return size, float(ru)
    raise BadPlanError(f"{path} is {shown(value)}, and has to be a whole number of bytes and a number of request units")


def field_path(value: object, path: str) -> str:
    """Return the path of a field in a document, as in a shard key."""
    if isinstance(value, str) and value:
        return value
    raise BadPlanError(f"{path} is {shown(value)}, and has to be the name of a field")


def json_object(text: str) -> dict[str, Any]:
    """Parse an object. A name that stands twice in one is refused: which of them counts nobody would know."""
    try:
        value = json.loads(text, object_pairs_hook=_without_repeats, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise BadPlanError(f"the file is no JSON ({error.msg}, line {error.lineno}, column {error.colno})") from None
    if not isinstance(value, dict):
        raise BadPlanError(f"the file is {shown(value)}, and has to be an object")
    return value


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise BadPlanError(f"the field {name} stands twice in one object")
        found[name] = value
    return found


def _no_constant(name: str) -> NoReturn:
    raise BadPlanError(f"{name} is no JSON")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def shown(value: object) -> str:
    """Return a value as the file has it, cut off where it is long."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)
