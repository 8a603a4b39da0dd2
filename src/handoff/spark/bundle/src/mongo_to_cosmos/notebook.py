"""What Databricks hands every notebook under these names, for checks of types: nothing is imported at run time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class SecretScopes(Protocol):
    """`dbutils.secrets`, as far as it is used here."""

    def get(self, scope: str, key: str) -> str:
        """Return a secret; Databricks hides it in what a notebook prints."""


class Widgets(Protocol):
    """`dbutils.widgets`, as far as it is used here: the job's parameters."""

    def get(self, name: str) -> str:
        """Return the value of a parameter."""


class DbUtils(Protocol):
    """`dbutils`, as far as it is used here."""

    @property
    def secrets(self) -> SecretScopes:
        """Secret scopes of the workspace."""

    @property
    def widgets(self) -> Widgets:
        """Parameters of the job."""


dbutils: DbUtils
spark: SparkSession
