# Databricks notebook source
# MAGIC %md
# MAGIC # 2. Transform
# MAGIC Copies through DataFrames of the MongoDB Spark Connector, so that Spark can change documents on the way.
# MAGIC
# MAGIC **A DataFrame is not the document.** Even without any change of yours the connector turns every ObjectId into
# MAGIC text, `_id` included, changes the subtype of UUIDs, the types of numbers in arrays, timestamps, regular
# MAGIC expressions and the order of fields, and writes a null for each field that a document lacks. Use the mode
# MAGIC `raw` for a copy.

# COMMAND ----------

from pathlib import Path
from typing import TYPE_CHECKING

from pyspark.sql import DataFrame

from mongo_to_cosmos.connections import Secrets
from mongo_to_cosmos.settings import CollectionSettings, load_settings
from mongo_to_cosmos.transform import transform_collections

if TYPE_CHECKING:
    # Databricks hands these to every notebook; nothing is imported when it runs.
    from mongo_to_cosmos.notebook import dbutils, spark

# COMMAND ----------

# MAGIC %md
# MAGIC Change this function: it is called once for each collection.

# COMMAND ----------


def transform(collection: CollectionSettings, documents: DataFrame) -> DataFrame:
    """Return what is to be written. Keep `_id`: rows with an `_id` that is there are replaced."""
    return documents


# COMMAND ----------

settings = load_settings(Path.cwd())
secrets = Secrets(
    source=dbutils.secrets.get(settings.secret_scope, "source-uri"),
    target=dbutils.secrets.get(settings.secret_scope, "target-uri"),
)
run = dbutils.widgets.get("run")

# COMMAND ----------

for ns, documents, partitions in transform_collections(spark, settings, secrets, run, transform):
    print(f"{ns}: {documents} documents on the target, read in {partitions} partitions")
