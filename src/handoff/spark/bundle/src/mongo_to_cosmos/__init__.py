"""Copies MongoDB collections to Azure Cosmos DB for MongoDB, byte for byte, on Spark.

Spark only schedules: each task reads one range of `_id` with PyMongo, without decoding a document, and
writes the same bytes. `plan_task`, `copy_task` and `verify_task` of `job` are the three steps; everything
below them runs without Spark.
"""
