#!/usr/bin/env python3
"""The licences of all libraries that are linked into the binary, with their texts, each text once.

Prints to standard output. Reads what cargo has unpacked; a library without a text of its own is listed with its licence's name.
"""

import collections
import hashlib
import json
import pathlib
import subprocess
import sys

NAMES = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "COPYRIGHT", "UNLICENSE")


def linked():
    """The packages that are linked on Linux: no build scripts' helpers, no tests'."""
    tree = subprocess.run(
        ["cargo", "tree", "--locked", "-e", "normal", "--prefix", "none", "--format", "{p}",
         "--target", "x86_64-unknown-linux-musl"],
        check=True, capture_output=True, text=True,
    ).stdout
    found = set()
    for line in tree.splitlines():
        words = line.split()
        if len(words) >= 2:
            found.add((words[0], words[1].lstrip("v")))
    return found


def texts(folder):
    for path in sorted(folder.iterdir()):
        if path.is_file() and path.name.upper().startswith(NAMES):
            yield path.name, path.read_text(encoding="utf-8", errors="replace").strip()


def main():
    metadata = json.loads(subprocess.run(
        ["cargo", "metadata", "--locked", "--format-version", "1"],
        check=True, capture_output=True, text=True,
    ).stdout)
    wanted = linked()
    packages = sorted(
        (package for package in metadata["packages"]
         if (package["name"], package["version"]) in wanted and package["source"]),
        key=lambda package: (package["name"], package["version"]),
    )
    print("radscore is licensed under MIT or Apache-2.0. It contains these libraries, and fonts (at the end):\n")
    holders = collections.defaultdict(list)
    known = {}
    for package in packages:
        name = f"{package['name']} {package['version']}"
        print(f"{name}: {package['license'] or 'see its text'}")
        for _, text in texts(pathlib.Path(package["manifest_path"]).parent):
            key = hashlib.sha256("".join(text.split()).encode()).hexdigest()
            known.setdefault(key, text)
            if name not in holders[key]:
                holders[key].append(name)
    for key, names in sorted(holders.items(), key=lambda item: item[1]):
        print("\n" + "=" * 100)
        print("Of " + ", ".join(names) + ":\n")
        print(known[key])
    print("\n" + "=" * 100)
    print("Of the fonts for print:\n")
    print(pathlib.Path(__file__).parents[1].joinpath("src/figure/print/fonts/OFL.txt").read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
