"""
Reads Parquet files with pyarrow and DuckDB. Usage: parquet-reader.py FOLDER; every NAME.parquet makes NAME.pyarrow.json and NAME.duckdb.json.
"""
import json
import sys
from importlib.metadata import version
from pathlib import Path

import duckdb
import pyarrow.parquet

folder = Path(sys.argv[1])
for path in sorted(folder.glob("*.parquet")):
    table = pyarrow.parquet.read_table(path)
    metadata = {key.decode(): value.decode() for key, value in (table.schema.metadata or {}).items()}
    found = {
        "columns": [[field.name, str(field.type)] for field in table.schema],
        "rows": [list(row) for row in zip(*(column.to_pylist() for column in table.columns))],
        "metadata": {key: value for key, value in metadata.items() if key in ("model", "warnings")},
    }
    path.with_suffix(".pyarrow.json").write_text(json.dumps(found, allow_nan=False), encoding="utf-8")
    relation = duckdb.sql(f"SELECT * FROM read_parquet('{path}')")
    rows = duckdb.sql(f"SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('{path}')").fetchall()
    found = {
        "columns": [[name, str(kind)] for name, kind in zip(relation.columns, relation.types)],
        "rows": [list(row) for row in relation.fetchall()],
        "metadata": {key: value for key, value in rows if key in ("model", "warnings")},
    }
    path.with_suffix(".duckdb.json").write_text(json.dumps(found, allow_nan=False), encoding="utf-8")
print(f"pyarrow {version('pyarrow')}, DuckDB {version('duckdb')}")
