"""Compares two tables of PyRadiomics' command cell by cell.

    python tables.py THERE MADE
"""

import csv
import sys

from golden import Count


def number(text):
    try:
        return float(text)
    except ValueError:
        return text


def main():
    there, made = ([*csv.DictReader(open(path, newline=""))] for path in sys.argv[1:3])
    count = Count()
    if len(there) != len(made):
        count.far.append("%d rows, not %d" % (len(made), len(there)))
    for row, (before, after) in enumerate(zip(there, made), 1):
        for name in before:
            # Versions and paths are those of the machine that made the table.
            if name in ("Image", "Mask", "Reader") or "Version" in name or "Configuration" in name:
                continue
            count.value("row %d, %s" % (row, name), number(before[name]), number(after.get(name, "")))
    count.say(sys.argv[1].split("radiomics/")[-1])
    sys.exit(1 if count.far else 0)


main()
