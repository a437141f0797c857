#!/usr/bin/env python3
"""Makes the files of SPSS and Stata of tests/golden/tables, and what is in them. usage: statistics.py OUT
Needs pyreadstat and pandas. Nothing in them comes from a person."""
import datetime
import sys
from pathlib import Path

import numpy as np
import pandas
import pyreadstat

out = Path(sys.argv[1])
table = pandas.DataFrame(
    {
        "病例号": ["P001", "P002", "P003", "P004"],
        "编号": ["007", "0012", "3", ""],
        "年龄": [53.0, 61.0, np.nan, 999.0],
        "转移": [1.0, 0.0, 1.0, 0.0],
        "分期": [1.0, 2.0, 9.0, 3.0],
        "身高": [1.625, 1.7, 1e-7, -250.5],
        "检查日期": [
            datetime.date(2019, 3, 1),
            datetime.date(2020, 2, 29),
            None,
            datetime.date(1999, 12, 31),
        ],
        "复查时间": [
            datetime.datetime(2019, 9, 1, 8, 30),
            None,
            datetime.datetime(2000, 1, 1),
            datetime.datetime(2001, 1, 1, 23, 59, 59),
        ],
        "备注": ["", "x" * 700 + "终", "中文", "y"],
    }
)
labels = {"转移": {0: "无", 1: "有"}, "分期": {1: "I", 2: "II", 3: "III", 9: "不详"}}
missing = {"年龄": [{"lo": 900, "hi": 999}], "分期": [9]}
for name, packed in [("cohort.sav", {"row_compress": True}), ("cohort-plain.sav", {}), ("cohort.zsav", {"compress": True})]:
    pyreadstat.write_sav(table, out / name, variable_value_labels=labels, missing_ranges=missing, **packed)

latin = table.drop(columns=["检查日期", "复查时间", "备注"]).rename(
    columns={"病例号": "id", "编号": "number", "年龄": "age", "转移": "y", "分期": "stage", "身高": "height"}
)
latin["y"] = latin["y"].astype("int8")
latin["stage"] = latin["stage"].astype("int16")
latin["height32"] = latin["height"].astype("float32")
latin["day"] = pandas.to_datetime(["2019-03-01", "2020-02-29", None, "1999-12-31"])
latin["time"] = pandas.to_datetime(["2019-09-01 08:30:00", None, "2000-01-01", "2001-01-01 23:59:59"], format="ISO8601")
latin_labels = {"y": {0: "no", 1: "yes"}, "stage": {1: "I", 2: "II", 3: "III", 9: "not known"}}
for version, name in [(114, "cohort-114.dta"), (117, "cohort-117.dta"), (118, "cohort-118.dta"), (119, "cohort-119.dta")]:
    given, named, more = latin, latin_labels, {}
    if version >= 117:
        given = latin.assign(remark=["", "x" * 3000, "y", "z"])
        more = {"convert_strl": ["remark"]}
    if version >= 118:
        # Names and texts beyond Windows' Western code page.
        given = given.rename(columns={"id": "病例号", "y": "转移"})
        given["remark"] = ["", "x" * 3000 + "终", "中文", "z"]
        named = {"转移": {0: "无", 1: "有"}, "stage": latin_labels["stage"]}
    given.to_stata(
        out / name, write_index=False, version=version, value_labels=named, convert_dates={"day": "td", "time": "tc"}, **more
    )
