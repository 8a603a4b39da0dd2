"""Reads an emitted bundle as Databricks' own package does: unknown and misspelt fields of the job are refused."""

import sys
from pathlib import Path

import yaml
from databricks.bundles.jobs import Job

root = Path(sys.argv[1])
bundle = yaml.safe_load((root / "databricks.yml").read_text(encoding="utf-8"))
assert set(bundle) == {"bundle", "include", "targets"}, bundle.keys()
assert set(bundle["bundle"]) == {"name"}
found = [path for pattern in bundle["include"] for path in root.glob(pattern)]
assert found, "no resources"
for path in found:
    for name, job in yaml.safe_load(path.read_text(encoding="utf-8"))["resources"]["jobs"].items():
        parsed = Job.from_dict(job)
        for task in parsed.tasks:
            notebook = (path.parent / task.notebook_task.notebook_path).resolve()
            assert notebook.is_file(), notebook
            assert notebook.read_text(encoding="utf-8").startswith("# Databricks notebook source\n"), notebook
        print(name, [task.task_key for task in parsed.tasks])
