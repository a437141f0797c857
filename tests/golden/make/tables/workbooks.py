#!/usr/bin/env python3
"""Makes the workbooks of tests/golden/tables. usage: workbooks.py OUT
Needs openpyxl, xlwt, odfpy, pandas and msoffcrypto-tool. Nothing in them comes from a person."""
import datetime
import sys
from pathlib import Path

import msoffcrypto
import openpyxl
import pandas
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904

out = Path(sys.argv[1])
HEAD = ["病例号", "编号", "年龄", "身高", "转移", "检查日期", "复查", "同意"]
ROWS = [
    ["P001", "007", 53, 1.625, "有", datetime.date(2019, 3, 1), datetime.datetime(2019, 9, 1, 8, 30), True],
    ["P002 ", "0012", 61, 1.7, "无", datetime.date(2020, 2, 29), None, False],
    [12, "3", None, 1e-7, "有", datetime.date(1999, 12, 31), datetime.datetime(2000, 1, 1), True],
]


def fill(sheet, head=HEAD, rows=ROWS, down=0, right=0):
    for y, row in enumerate([head, *rows]):
        for x, value in enumerate(row):
            if value is not None:
                sheet.cell(1 + y + down, 1 + x + right, value)


def workbook(name="Sheet1"):
    book = openpyxl.Workbook()
    book.active.title = name
    return book, book.active


book, sheet = workbook("患者")
fill(sheet)
book.create_sheet("blank")
book.save(out / "cohort.xlsx")

book, sheet = workbook("患者")
fill(sheet)
fill(book.create_sheet("随访"), ["id", "days"], [["P001", 30], ["P002", 40]])
book.save(out / "two-sheets.xlsx")

book, sheet = workbook()
fill(sheet, ["id", "age", "y"], [["a", 50, 0], ["b", 60, 1]], down=2, right=1)
sheet["G9"].font = openpyxl.styles.Font(bold=True)
sheet["B7"] = "c"
sheet["C7"] = 70
sheet["D7"] = 1
book.save(out / "margins.xlsx")

book, sheet = workbook()
book.epoch = CALENDAR_MAC_1904
fill(sheet, ["id", "date"], [["a", datetime.date(2019, 3, 1)]])
book.save(out / "dates-1904.xlsx")

book, sheet = workbook()
fill(sheet, ["id", "age", "double"], [["a", 50, 100], ["b", 60, "=B3*2"]])
book.save(out / "formula.xlsx")

book, sheet = workbook()
fill(sheet, ["id", "ratio"], [["a", 0.5], ["b", "#DIV/0!"]])
sheet["B3"].data_type = "e"
book.save(out / "error.xlsx")

book, sheet = workbook()
fill(sheet, ["患者", None, "结局"], [["id", "age", "y"], ["a", 50, 1]])
sheet.merge_cells("A1:B1")
book.save(out / "merged.xlsx")

book, sheet = workbook()
fill(sheet, ["Table 1. Patients"], [["id", "age"], ["a", 50]])
book.save(out / "title.xlsx")

with open(out / "cohort.xlsx", "rb") as plain, open(out / "locked.xlsx", "wb") as locked:
    msoffcrypto.OfficeFile(plain).encrypt("secret", locked)

old = xlwt.Workbook(encoding="utf-8")
sheet = old.add_sheet("患者")
day, time = xlwt.easyxf(num_format_str="YYYY-MM-DD"), xlwt.easyxf(num_format_str="YYYY-MM-DD hh:mm:ss")
for y, row in enumerate([HEAD, *ROWS]):
    for x, value in enumerate(row):
        if isinstance(value, datetime.datetime):
            sheet.write(y, x, value, time)
        elif isinstance(value, datetime.date):
            sheet.write(y, x, value, day)
        elif value is not None:
            sheet.write(y, x, value)
old.save(str(out / "cohort.xls"))

pandas.DataFrame(ROWS, columns=HEAD).to_excel(out / "cohort.ods", engine="odf", index=False, sheet_name="患者")
