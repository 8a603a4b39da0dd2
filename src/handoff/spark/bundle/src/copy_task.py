# Databricks notebook source
# MAGIC %md
# MAGIC # 2. Copy
# MAGIC Each range is one Spark task, which moves documents as they are: bytes from the source, the same bytes to the
# MAGIC target. Tasks divide the target's request units among them, send again what was throttled and nothing else,
# MAGIC and keep what the target refuses for good in `dead_letters` of the run's database. A rerun goes on after the
# MAGIC last document that the target acknowledged.

# COMMAND ----------

from pathlib import Path
from typing import TYPE_CHECKING

from mongo_to_cosmos.connections import Secrets
from mongo_to_cosmos.job import Job, copy_task
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

sent = copy_task(Job(spark, settings, secrets, run))
print(f"{sent} documents sent")
