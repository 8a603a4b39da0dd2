"""Checks an emitted bundle as `databricks bundle validate` does, as far as that can be had without its program.

Argument: the bundle's folder. The resources go through Databricks' own package, by the entry that the program calls
with the whole configuration: a field that is unknown, misspelt or of another type is refused. For the rest of
`databricks.yml` the package has no types: what a bundle of ours says there is in a table, and anything else is refused.
"""

import contextlib
import copy
import io
import json
import sys
import tempfile
from pathlib import Path

import yaml
from databricks.bundles import build
from databricks.bundles.core._resource_type import _ResourceType

ROOT = Path(sys.argv[1])
# Fields with whether they have to be there; a dictionary of them, or the type of the value; `*` is any name.
# Source: docs.databricks.com/dev-tools/bundles/settings (bundle, include, resources, targets, workspace).
SCHEMA = {
    "bundle": (True, {"name": (True, str)}),
    "include": (True, [str]),
    "targets": (True, {"*": (True, {"default": (True, bool), "workspace": (False, {"host": (True, str)})})}),
    "resources": (True, {"jobs": (True, {"*": (True, dict)})}),
}


class Refused(Exception):
    """Something in a bundle is not as Databricks has it."""


def read():
    """Return the whole configuration, with what `include` names put in."""
    bundle = yaml.safe_load((ROOT / "databricks.yml").read_text(encoding="utf-8"))
    for pattern in bundle["include"]:
        found = sorted(ROOT.glob(pattern))
        assert found, f"{pattern} matches nothing"
        for path in found:
            part = yaml.safe_load(path.read_text(encoding="utf-8"))
            assert set(part) == {"resources"}, part.keys()
            for kind, resources in part["resources"].items():
                bundle.setdefault("resources", {}).setdefault(kind, {}).update(resources)
    return bundle


def look(value, kind, path):
    """Raise where a value is not of a kind of the table."""
    if isinstance(kind, list):
        if not isinstance(value, list) or not value:
            raise Refused(f"{path} is no list with something in it")
        for at, one in enumerate(value):
            look(one, kind[0], f"{path}[{at}]")
    elif isinstance(kind, dict):
        if not isinstance(value, dict) or not value:
            raise Refused(f"{path} is no object with something in it")
        for name in value:
            if name not in kind and "*" not in kind:
                raise Refused(f"{path}.{name} is not known")
        for name, (is_needed, _) in kind.items():
            if is_needed and name not in value and name != "*":
                raise Refused(f"{path}.{name} is missing")
        for name, inner in value.items():
            look(inner, (kind.get(name) or kind["*"])[1], f"{path}.{name}")
    elif not isinstance(value, kind):
        raise Refused(f"{path} is no {kind.__name__}")
    if isinstance(value, str) and "${" in value:
        raise Refused(f"{path} holds a variable, and none is meant")


def check(bundle):
    """Raise Refused where the configuration is not one."""
    look(bundle, SCHEMA, "databricks.yml")
    if sum(target["default"] for target in bundle["targets"].values()) != 1:
        raise Refused("not one target is the default")
    known = {kind.plural_name for kind in _ResourceType.all()}
    if not set(bundle["resources"]) <= known:
        raise Refused(f"kinds of resources: {set(bundle['resources']) - known}")
    (target,) = bundle["targets"]
    given = {**bundle, "bundle": {**bundle["bundle"], "target": target}}
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder) / f"{name}.json" for name in ("input", "output", "diagnostics")}
        files["input"].write_text(json.dumps(given), encoding="utf-8")
        argv = ["build", "--phase", "apply_mutators", *(f"--{name}={path}" for name, path in files.items())]
        with contextlib.redirect_stderr(io.StringIO()):
            status = build.main(argv)
        said = files["diagnostics"].read_text(encoding="utf-8")
        if status != 0 or said:
            raise Refused(said)
        # What the package writes back is what it has understood: nothing is left out.
        assert json.loads(files["output"].read_text(encoding="utf-8")) == given
    check_tasks(bundle)


def check_tasks(bundle):
    """Each task has its notebook, its cluster and what it waits for."""
    for job in bundle["resources"]["jobs"].values():
        keys = [task["task_key"] for task in job["tasks"]]
        clusters = {cluster["job_cluster_key"] for cluster in job["job_clusters"]}
        for task in job["tasks"]:
            notebook = (ROOT / "resources" / task["notebook_task"]["notebook_path"]).resolve()
            text = notebook.read_text(encoding="utf-8") if notebook.is_file() else ""
            if not text.startswith("# Databricks notebook source\n"):
                raise Refused(f"notebook_path {notebook}")
            waits = {one["task_key"] for one in task.get("depends_on", [])}
            if task["job_cluster_key"] not in clusters or not waits <= set(keys):
                raise Refused(f"task_key {task['task_key']}")


# Below these stand names of ours, of Spark's, or of the system's.
FREE = {("targets",), ("resources", "jobs")}
FREE_ANYWHERE = {"spark_conf", "spark_env_vars"}


def fields(value, path=()):
    """Yield the path of every field whose name is Databricks'."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if path not in FREE and not FREE_ANYWHERE.intersection(path[-1:]):
                yield (*path, name)
            yield from fields(inner, (*path, name))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from fields(inner, (*path, at))


def refuses_every_misspelt_field(bundle):
    """Otherwise a check that passes says nothing."""
    paths = list(fields(bundle))
    assert len(paths) > 30, paths
    for path in paths:
        spoilt = copy.deepcopy(bundle)
        holder = spoilt
        for one in path[:-1]:
            holder = holder[one]
        name = path[-1] + path[-1][-1]
        holder[name] = holder.pop(path[-1])
        try:
            check(spoilt)
        except Refused as refused:
            assert path[-1] in str(refused), (path, refused)
        else:
            raise AssertionError(f"{path} may be misspelt")


whole = read()
check(whole)
refuses_every_misspelt_field(whole)
print("as it should be")
