"""
Reads workbooks with openpyxl. Usage: workbook-reader.py FOLDER; every NAME.xlsx makes NAME.openpyxl.json: for each sheet the kind and value of its cells.
"""
import json
import sys
from importlib.metadata import version
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

# Excel reads '_x0041_' as 'A', openpyxl only with this function.
text = lambda value: unescape(value) if isinstance(value, str) else value

folder = Path(sys.argv[1])
for path in sorted(folder.glob("*.xlsx")):
    workbook = load_workbook(path)
    sheets = {}
    for sheet in workbook:
        rows = [[[cell.data_type, text(cell.value), cell.quotePrefix] for cell in row] for row in sheet.iter_rows()]
        sheets[sheet.title] = {"rows": rows, "frozen": sheet.freeze_panes}
    path.with_suffix(".openpyxl.json").write_text(json.dumps(sheets, allow_nan=False, default=str), encoding="utf-8")
print(f"openpyxl {version('openpyxl')}")
