"""Tries how the bundle reads `plan.json`. Arguments: the `src` of emitted bundles; in the first every field has a value."""

import copy
import json
import os
import re
import runpy
import sys
from pathlib import Path

from mongo_to_cosmos.plan_fields import BadPlanError
from mongo_to_cosmos.settings import load_settings, parse_settings

FOLDERS = [Path(folder) for folder in sys.argv[1:]]
PLANS = [json.loads((folder / "plan.json").read_text(encoding="utf-8")) for folder in FOLDERS]
PLAN = PLANS[0]

KINDS = {"null": None, "truth": True, "number": 7, "text": "x", "list": [], "object": {}}
NUMBER, TEXT = {"number"}, {"text"}
NAME = ["", "\0"]
# Each field, the kinds of JSON that it may be, and values of these kinds that it may not have.
FIELDS = {
    "format": (NUMBER, [0, 2, 1.5]),
    "planId": (TEXT, [""]),
    "targetKind": (TEXT, ["cosmos", "Cosmos-RU", ""]),
    "conflictPolicy": (TEXT, ["overwrite ", "replace"]),
    "readPreference": (TEXT, ["primarypreferred", "0"]),
    "readConcern": (TEXT | {"null"}, ["snapshot", ""]),
    "secretScope": (TEXT, ["", "a b", "a\n", "x" * 129]),
    "slots": (NUMBER, [0, -1, 1.5, 100_001]),
    "rangeBytes": (NUMBER, [0, 999_999, 2_000_000.5]),
    "batchDocuments": (NUMBER, [0, 1.5, 100_001]),
    "batchBytes": (NUMBER, [0, 1.5, 48_000_001]),
    "ruPerDocument": (NUMBER | {"null"}, [0, -0.5]),
    "stateRuPerSecond": (NUMBER | {"null"}, [0, 399, 400.5]),
    "chargeTable": ({"list"}, [[], [[1024, 5]], [[1024, 5], [1024, 6]], [[2048, 5], [1024, 6]]]),
    "chargeTable[]": ({"list"}, [[], [1], [1, 2, 3], [1.5, 2], [0, 2], [1, 0], [True, 2], [1, "2"]]),
    "collections": ({"list"}, []),
    "collections[]": ({"object"}, []),
    "collections[].source": ({"object"}, []),
    "collections[].source.db": (TEXT, [*NAME, "a.b", "a b", "a$", "a/b", 'a"', "a\\b"]),
    "collections[].source.coll": (TEXT, [*NAME, "a$b", "a..b", ".a", "a."]),
    "collections[].target": ({"object"}, []),
    "collections[].target.db": (TEXT, [*NAME, "a.b"]),
    "collections[].target.coll": (TEXT, [*NAME, "a."]),
    "collections[].documents": (NUMBER, [-1, 0.5]),
    "collections[].bytes": (NUMBER, [-1, 0.5]),
    "collections[].budget": (TEXT, [""]),
    "collections[].ruPerSecond": (NUMBER | {"null"}, [0, -1]),
    "collections[].shardKey": ({"list"}, []),
    "collections[].shardKey[]": (TEXT, [""]),
    "collections[].deadLetterOver": (NUMBER | {"null"}, [0, 1.5]),
}


def places(value, path=()):
    """Yield the path of everything in the file, but the two figures of a row of the table of charges."""
    if path:
        yield path
    if isinstance(value, dict):
        inner = value.items()
    else:
        inner = enumerate(value) if isinstance(value, list) and not path[-2:-1] == ("chargeTable",) else ()
    for name, one in inner:
        yield from places(one, (*path, name))


def written(path):
    """Return a path as messages have it."""
    text = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in path)
    return text.removeprefix(".")


def changed(path, change):
    """Return the plan with `change` done to the object or list that holds the place, as text."""
    plan = copy.deepcopy(PLAN)
    holder = plan
    for one in path[:-1]:
        holder = holder[one]
    change(holder, path[-1])
    return json.dumps(plan)


def refused(text, *told):
    """Tell whether it is refused in words that hold all of these; a refusal of another kind goes through."""
    try:
        parse_settings(text)
    except BadPlanError as error:
        message = str(error)
        assert all(one in message for one in told), (message, told)
        assert message.startswith("plan.json: ") and "Nothing was connected to or written." in message, message
        return True
    return False


def with_value(value):
    """Return the change that puts a value there."""

    def change(holder, name):
        holder[name] = value

    return change


def misspelt(holder, name):
    """Change a name as fingers do."""
    holder[name[:-1] + name[-1] * 2] = holder.pop(name)


def refuses_each_mistake_by_the_name_of_its_field():
    """Every place of a whole plan: taken away, misspelt, of each other kind, out of bounds."""
    seen = set()
    for path in places(PLAN):
        name = re.sub(r"\[\d+\]", "[]", written(path))
        kinds, beyond = FIELDS[name]
        seen.add(name)
        assert not refused(json.dumps(PLAN)), "as it was emitted"
        if isinstance(path[-1], str):
            assert refused(changed(path, lambda holder, last: holder.pop(last)), written(path)), path
            assert refused(changed(path, misspelt), written(path) + path[-1][-1], f"(is {path[-1]} meant?)"), path
        for kind, value in KINDS.items():
            if kind not in kinds:
                assert refused(changed(path, with_value(value)), written(path)), (path, kind)
        for value in beyond:
            assert refused(changed(path, with_value(value)), written(path)), (path, value)
    assert seen == set(FIELDS), seen ^ set(FIELDS)


def refuses_what_is_at_odds_with_itself():
    """Two collections on one, a budget of two figures, request units where there are none, a name twice."""
    first, last = (("collections", at, "target") for at in (0, len(PLAN["collections"]) - 1))
    text = changed(last, with_value(PLAN["collections"][0]["target"]))
    assert refused(text, written(last), written(first[:-1]))
    shared = [at for at, one in enumerate(PLAN["collections"]) if one["budget"] == "shared."]
    assert len(shared) == 2, "two of one budget"
    place = ("collections", shared[1], "ruPerSecond")
    assert refused(changed(place, with_value(1)), written(place), "shared.")
    assert refused(changed(("targetKind",), with_value("mongodb")), "stateRuPerSecond")
    assert refused(json.dumps(PLAN).replace('"slots"', '"slots": 1, "slots"', 1), "slots", "twice")


def refuses_what_is_no_plan_at_all(folder):
    """Text that is no JSON, no file, bytes that are no text; a mark of the byte order is nothing."""
    for text in ("", "{", "[]", "7", "null", '"plan"', '{"format": NaN}', "{'format': 1}"):
        assert refused(text), text
    path = folder / "plan.json"
    whole = path.read_bytes()
    path.write_bytes(b"\xef\xbb\xbf" + whole)
    assert load_settings(folder) == parse_settings(whole.decode("utf-8"))
    for content in (b'{"planId": "\xff"}', None):
        path.unlink() if content is None else path.write_bytes(content)
        try:
            load_settings(folder)
        except BadPlanError as error:
            assert str(path) in str(error)
        else:
            raise AssertionError(content)
    path.write_bytes(whole)


class Untouched:
    """What a notebook is handed, and may not reach for before its plan is read."""

    def __getattr__(self, name):
        raise AssertionError(f"{name} was asked for")


def stops_before_secrets_are_read(folder):
    """Each notebook, with a plan that somebody has spoilt."""
    path = folder / "plan.json"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace('"slots"', '"slotss"', 1), encoding="utf-8")
    notebooks = sorted(folder.glob("*_task.py"))
    assert notebooks, folder
    os.chdir(folder)
    for notebook in notebooks:
        try:
            runpy.run_path(str(notebook), init_globals={"spark": Untouched(), "dbutils": Untouched()})
        except BadPlanError as error:
            assert "slotss" in str(error)
        else:
            raise AssertionError(notebook)
    path.write_text(whole, encoding="utf-8")


for plan in PLANS:
    parse_settings(json.dumps(plan))
refuses_each_mistake_by_the_name_of_its_field()
refuses_what_is_at_odds_with_itself()
for one in FOLDERS:
    refuses_what_is_no_plan_at_all(one)
    stops_before_secrets_are_read(one)
print("as it should be")
