# Databricks notebook source
# MAGIC %md
# MAGIC # 3. Verify
# MAGIC Reads both sides and compares every document by its bytes, dead letters aside. What differs is named by
# MAGIC `_id` in `results` of the run's database. This step ends well when both sides have been read; whether they
# MAGIC are equal is what it prints.

# COMMAND ----------

from pathlib import Path
from typing import TYPE_CHECKING

from mongo_to_cosmos.connections import Secrets
from mongo_to_cosmos.job import Job, verify_task
from mongo_to_cosmos.settings import load_settings

if TYPE_CHECKING:
    # Databricks hands these to every notebook; nothing is imported when it runs.
    from mongo_to_cosmos.notebook import dbutils, spark

# COMMAND ----------

settings = load_settings(Path.cwd())
secrets = Secrets(
    source=dbutils.secrets.get(settings.secret_scope, "source-uri"),
    target=dbutils.secrets.get(settings.secret_scope, "target-uri"),
)
run = dbutils.widgets.get("run")

# COMMAND ----------

for result in verify_task(Job(spark, settings, secrets, run)):
    found = result["differences"]
    print(
        result["ns"],
        result["kind"],
        f"missing {found['missing']}, extra {found['extra']}, different {found['different']}",
    )
