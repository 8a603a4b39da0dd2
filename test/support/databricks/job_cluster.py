"""A model of a Databricks job cluster: runs notebook-source Python, unchanged, on a local Spark.

Reads one JSON document from standard input: the master, the folder that stands for the workspace, the secret
scopes, and the tasks in their order. Each notebook gets what Databricks gives it: `spark`, `dbutils` with
secrets and widgets, its own folder as working directory and on the path. Tells each step as a line of JSON.
"""

import json
import os
import runpy
import sys
import time
import traceback
from pathlib import Path
from types import SimpleNamespace


def tell(**what):
    print("\n@@" + json.dumps(what), flush=True)


class ParentGone:
    """Ends this process when its parent has gone, as a cluster ends with its workspace."""

    def __init__(self):
        import threading

        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self):
        parent = os.getppid()
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(9)


class Threads:
    """Runs tasks in threads of this process, for what has nothing to do with Spark: the shape of a SparkSession as far as the job uses it."""

    class _Tasks:
        def __init__(self, items, count):
            self._parts = [items[at::count] for at in range(count)]
            self._work = iter

        def mapPartitions(self, work):
            self._work = work
            return self

        def collect(self):
            from concurrent.futures import ThreadPoolExecutor

            with ThreadPoolExecutor(2) as pool:
                done = list(pool.map(lambda part: list(self._work(part)), self._parts))
            return [one for part in done for one in part]

    def __init__(self):
        self.sparkContext = self
        self.defaultParallelism = 2

    def parallelize(self, items, count):
        return self._Tasks(items, count)

    def addPyFile(self, path):
        pass


def main():
    order = json.loads(sys.stdin.readline())
    ParentGone()
    os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
    spark = Threads() if order["master"] == "threads" else start_spark(order)
    tell(kind="cluster-up", cores=spark.sparkContext.defaultParallelism)
    return run_tasks(order, spark)


def start_spark(order):
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master(order["master"]).appName("job-cluster")
    for name, value in order["conf"].items():
        builder = builder.config(name, value)
    # A cluster is up when its workers are, those for Python among them.
    spark = builder.config("spark.scheduler.minRegisteredResourcesRatio", "1.0").getOrCreate()
    context = spark.sparkContext
    context.setLogLevel("WARN")
    cores = context.defaultParallelism
    context.parallelize(range(cores), cores).foreach(lambda _: time.sleep(0.5))
    return spark


def run_tasks(order, spark):
    workspace = Path(order["workspace"])
    before = list(sys.path)
    for task in order["tasks"]:
        notebook = workspace / (task["notebook"].lstrip("/") + ".py")
        widgets = dict(task["parameters"])

        def secret(scope, key):
            return order["secrets"][scope][key]

        dbutils = SimpleNamespace(
            secrets=SimpleNamespace(get=secret), widgets=SimpleNamespace(get=lambda name, w=widgets: w[name])
        )
        tell(kind="task-started", task=task["key"])
        os.chdir(notebook.parent)
        sys.path[:] = [str(notebook.parent), *before]
        # A cluster's Python starts anew for each notebook: nothing that another one has imported is there.
        for name in [name for name in sys.modules if name.split(".")[0] == "mongo_to_cosmos"]:
            del sys.modules[name]
        started = time.monotonic()
        for attempt in range(task["retries"] + 1):
            try:
                first = notebook.read_text(encoding="utf-8").split("\n", 1)[0]
                if first != "# Databricks notebook source":
                    raise RuntimeError(f"{notebook} is no notebook")
                runpy.run_path(str(notebook), init_globals={"spark": spark, "dbutils": dbutils}, run_name="notebook")
                break
            except Exception as error:
                traceback.print_exc()
                if attempt == task["retries"]:
                    tell(kind="task-failed", task=task["key"], error=f"{type(error).__name__}: {error}"[:2000])
                    return 1
        tell(kind="task-done", task=task["key"], seconds=time.monotonic() - started, at=time.time())
    return 0


if __name__ == "__main__":
    status = main()
    sys.stdout.flush()
    os._exit(status)
