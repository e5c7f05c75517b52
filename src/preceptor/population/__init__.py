"""One sweep over many records: the same watches as live, on DuckDB or Spark."""
