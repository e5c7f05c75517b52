"""The engines, one of each for the whole session."""

from __future__ import annotations

import gc
import warnings
from collections.abc import Iterator

import pytest

from preceptor.population.engines import DuckDB, Spark, local_spark

# For a handful of rows, what makes Spark fast on many only takes time.
_SMALL = {
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
}


@pytest.fixture(scope="session")
def duckdb_engine() -> Iterator[DuckDB]:
    engine = DuckDB()
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def one_spark(java: str) -> Iterator[Spark]:
    pytest.importorskip("pyspark")
    session = local_spark(threads=1)
    for setting, value in _SMALL.items():
        session.conf.set(setting, value)
    yield Spark(session)
    session.stop()


@pytest.fixture
def spark_engine(one_spark: Spark) -> Iterator[Spark]:
    """Its Java bridge leaves sockets to the garbage collector, whose complaints are no test's concern."""
    yield one_spark
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()
