#!/usr/bin/env python3
"""Packs the static binary and the module `radscore` into a wheel: packaging/wheel.py FOLDER-OF-BUILD MACHINE VERSION OUT

The binary needs nothing of the system, so that one wheel serves glibc and musl, and every Python from 3.9 on: nothing is compiled
against either. Times are SOURCE_DATE_EPOCH: equal content gives equal bytes.
"""

import base64
import hashlib
import os
import pathlib
import sys
import time
import zipfile

HERE = pathlib.Path(__file__).resolve().parent


def main(folder, machine, version, out):
    folder = pathlib.Path(folder)
    tags = [f"py3-none-{system}_{machine}" for system in ("manylinux_2_17", "manylinux2014", "musllinux_1_1")]
    joined = f"py3-none-{'.'.join(tag.removeprefix('py3-none-') for tag in tags)}"
    info = f"radscore-{version}.dist-info"
    metadata = "\n".join([
        "Metadata-Version: 2.1", "Name: radscore", f"Version: {version}",
        "Summary: Radiomics in one binary: PyRadiomics' features and interface, R's statistics",
        "License: MIT OR Apache-2.0", "Requires-Python: >=3.9", "Provides-Extra: numpy",
        'Requires-Dist: numpy; extra == "numpy"', "",
    ])
    wheel = "\n".join(
        ["Wheel-Version: 1.0", "Generator: packaging/wheel.py", "Root-Is-Purelib: false"] + [f"Tag: {tag}" for tag in tags] + [""]
    )
    files = [(f"radscore-{version}.data/scripts/radscore", (folder / "radscore").read_bytes(), 0o755)]
    files += [
        (f"radscore/{path.name}", path.read_bytes(), 0o644) for path in sorted((HERE / "python/radscore").glob("*.py"))
    ]
    files += [
        (f"{info}/licenses/{name}", (folder / name).read_bytes(), 0o644)
        for name in ("LICENSE-MIT", "LICENSE-APACHE", "LICENSES-OF-LIBRARIES.txt")
    ]
    files += [(f"{info}/METADATA", metadata.encode(), 0o644), (f"{info}/WHEEL", wheel.encode(), 0o644)]
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b'=').decode()},{len(content)}\n"
        for name, content, _ in files
    )
    files.append((f"{info}/RECORD", (record + f"{info}/RECORD,,\n").encode(), 0o644))
    when = time.gmtime(int(os.environ.get("SOURCE_DATE_EPOCH", "315532800")))[:6]
    path = pathlib.Path(out) / f"radscore-{version}-{joined}.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content, mode in files:
            entry = zipfile.ZipInfo(name, when)
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    print(path)


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*sys.argv[1:])
