"""Files larger than memory: DuckDB (extra ``scale``) groups and sums, the algebra is that of `stats`."""
