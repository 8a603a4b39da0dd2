# Databricks notebook source
# MAGIC %md
# MAGIC # 1. Plan
# MAGIC Cuts every collection into ranges of `_id` and writes them down in the run's own database on the target.
# MAGIC A rerun finds them there and uses the same. No document is read or written.

# COMMAND ----------

from pathlib import Path
from typing import TYPE_CHECKING

from mongo_to_cosmos.connections import Secrets
from mongo_to_cosmos.job import Job, plan_task
from mongo_to_cosmos.settings import load_settings

if TYPE_CHECKING:
    # Databricks hands these to every notebook; nothing is imported when it runs.
    from mongo_to_cosmos.notebook import dbutils, spark

# COMMAND ----------

# MAGIC %md
# MAGIC The plan lies beside this notebook; connection strings come from the secret scope and go nowhere else.

# COMMAND ----------

settings = load_settings(Path.cwd())
secrets = Secrets(
    source=dbutils.secrets.get(settings.secret_scope, "source-uri"),
    target=dbutils.secrets.get(settings.secret_scope, "target-uri"),
)
run = dbutils.widgets.get("run")

# COMMAND ----------

ranges = plan_task(Job(spark, settings, secrets, run))
print(f"{len(settings.collections)} collections, {ranges} ranges")
