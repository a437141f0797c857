#!/usr/bin/env python3
"""Compares radscore with PyRadiomics (and pictologics) on the same files: time, memory, and the numbers themselves.

    benches/against-pyradiomics/run.py [--folder DIR] [--repeats N] [--only CASE,CASE] [--pyradiomics PYTHON]

Needs Python 3.8 or newer, and cargo with a built `target/release/radscore` (`cargo build --release`). Peers are installed
into virtual environments in DIR (target/against-pyradiomics if not given); a peer for which no fitting interpreter is
found, or which cannot be installed, is skipped, and it is said why. `--pyradiomics` takes an interpreter that has
PyRadiomics already.

Volumes are made from a seed. Programs run in turn, N times each; the least CPU time counts. All run on one thread where
nothing else is said. "Alone" is the time for features after the files are decoded. The exit code is 1 if a feature of the
batch differs by more than a relative 1e-9 (1e-8 for MCC; absolute 1e-9 where values are near 0).
"""

import argparse
import csv
import glob
import json
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
# PyRadiomics 3.1.0 has wheels for these only; its source package lacks two C headers where there is no wheel.
WHEELS = [(3, 9), (3, 8), (3, 7)]
COMMAND = "import sys; from radiomics.scripts import parse_args; sys.exit(parse_args())"


def interpreters():
    """Every Python that can be found, by its version."""
    names = ["python3", "python"] + ["python3.%d" % minor for minor in range(7, 20)]
    paths = [sys.executable] + [shutil.which(name) for name in names]
    paths += sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/*/bin/python3")))
    paths += sorted(glob.glob("/opt/*/bin/python3")) + sorted(glob.glob(os.path.expanduser("~/.local/share/uv/python/*/bin/python3")))
    found = {}
    for path in filter(None, paths):
        try:
            said = subprocess.run([path, "-c", "import sys, venv, ensurepip; print(*sys.version_info[:2])"],
                                  capture_output=True, text=True, timeout=60)
        except (OSError, subprocess.TimeoutExpired):
            continue
        if said.returncode == 0:
            found.setdefault(tuple(map(int, said.stdout.split())), path)
    return found


def environment(folder, name, fitting, packages, pythons, check):
    """The interpreter of a virtual environment with a peer in it; None, said aloud, where there can be none."""
    python = os.path.join(folder, name, "bin", "python")
    if not os.path.exists(python):
        versions = [version for version in fitting if version in pythons]
        if not versions:
            print("skipped: %s needs Python %s; found %s" % (
                name, " or ".join("%d.%d" % version for version in fitting[:3]),
                ", ".join("%d.%d" % version for version in sorted(pythons))))
            return None
        print("installing %s on Python %d.%d" % (name, *versions[0]), flush=True)
        subprocess.run([pythons[versions[0]], "-m", "venv", os.path.join(folder, name)], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=False)
    if subprocess.run([python, "-c", check], capture_output=True).returncode != 0:
        print("skipped: %s cannot be imported in %s" % (name, os.path.join(folder, name)))
        return None
    return python


class Run:
    """What a process took: CPU and wall seconds, peak memory in MB."""

    def __init__(self, command, threads):
        environ = dict(os.environ)
        for name in ["RAYON_NUM_THREADS", "OMP_NUM_THREADS", "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS", "NUMBA_NUM_THREADS"]:
            environ[name] = str(threads)
        # The peak that the system tells for a child is at least that of the Python which starts it, so a small program
        # that reports its own child's stands between them where there is one.
        between = shutil.which("time") if sys.platform.startswith("linux") else None
        memory = None
        if between:
            memory = os.path.join(ARGUMENTS.folder, "peak.txt")
            command = [between, "-f", "%M", "-o", memory] + command
        start = time.perf_counter()
        process = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status) if hasattr(os, "waitstatus_to_exitcode") else status
        process.stderr.close()
        self.wall = time.perf_counter() - start
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak = usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024 * 1024)
        if memory:
            with open(memory, encoding="utf-8") as file:
                self.peak = int(file.read().split()[-1]) / 1024
        if process.returncode != 0:
            sys.exit("failed: %s\n%s" % (" ".join(command), said.decode(errors="replace")))


def in_turn(commands, threads=1):
    """Runs commands in turn; of each, the least of every figure."""
    best = {}
    for _ in range(ARGUMENTS.repeats):
        for name, command in commands.items():
            run = Run(command, threads)
            known = best.setdefault(name, run)
            for figure in ["cpu", "wall", "peak"]:
                setattr(known, figure, min(getattr(known, figure), getattr(run, figure)))
    return best


def print_table(title, rows):
    """A Markdown table; the first row is what the ratios are of."""
    print("\n### %s\n" % title)
    print("| program | CPU s | wall s | peak MB | CPU ratio | wall ratio | memory ratio |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    first = next(iter(rows.values()))
    for name, run in rows.items():
        ratios = ["%.1f" % (getattr(first, figure) / max(getattr(run, figure), 1e-9)) for figure in ["cpu", "wall", "peak"]]
        print("| %s | %.3f | %.3f | %.0f | %s |" % (name, run.cpu, run.wall, run.peak, " | ".join(ratios)))
    sys.stdout.flush()


def whole(title, image, mask, params, peers, more=None):
    """The whole process on one case."""
    out = os.path.join(ARGUMENTS.folder, "out")
    commands = {}
    if peers["pyradiomics"]:
        commands["PyRadiomics"] = [peers["pyradiomics"], "-c", COMMAND, image, mask, "-p", params, "-f", "csv"]
    if more:
        commands.update(more)
    commands["radscore"] = [ARGUMENTS.radscore, "extract", image, mask, "-p", params, "-o", out + ".csv", "--overwrite", "-j", "1"]
    print_table(title, in_turn(commands))


def alone(title, what, image, mask, params, peers, repeats):
    """Features alone, CPU seconds of one thread."""
    ours = least([ARGUMENTS.alone, what, image, mask, params, str(max(repeats, 5))])
    line = "| %s | radscore %.4f s |" % (title, ours)
    if peers["pyradiomics"]:
        theirs = least([peers["pyradiomics"], os.path.join(HERE, "pyradiomics_alone.py"), what, image, mask, params, str(repeats)])
        line += " PyRadiomics %.3f s | %.0f x |" % (theirs, theirs / ours)
    if peers["pictologics"] and what == "features" and params.endswith("params.yaml"):
        theirs = least([peers["pictologics"], os.path.join(HERE, "pictologics_alone.py"), image, mask, str(repeats)])
        line += " pictologics %.3f s | %.0f x |" % (theirs, theirs / ours)
    print(line, flush=True)


def least(command):
    environ = dict(os.environ, RAYON_NUM_THREADS="1", OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1")
    said = subprocess.run(command, capture_output=True, text=True, env=environ)
    if said.returncode != 0:
        sys.exit("failed: %s\n%s" % (" ".join(command), said.stderr))
    return float(said.stdout.split()[-1])


def batch(volumes, peers):
    """A batch on one and on all cores, and its feature columns against PyRadiomics'."""
    table, params = os.path.join(volumes, "batch", "cases.csv"), os.path.join(HERE, "types.yaml")
    out = lambda name: os.path.join(ARGUMENTS.folder, name)
    cores = os.cpu_count() or 1
    for jobs in sorted({1, 2, cores} if cores > 1 else {1}):
        commands = {}
        if peers["pyradiomics"]:
            if os.path.exists(out("pyradiomics.csv")):
                os.remove(out("pyradiomics.csv"))
            # It appends, so only the rows of its last run are compared.
            commands["PyRadiomics"] = [peers["pyradiomics"], "-c", COMMAND, table, "-p", params, "-f", "csv", "-j", str(jobs),
                                       "-o", out("pyradiomics.csv")]
        commands["radscore"] = [ARGUMENTS.radscore, "extract", table, "-p", params, "-o", out("radscore.csv"), "--overwrite",
                                "-j", str(jobs)]
        print_table("16 cases, 14 images each, %d at a time" % jobs, in_turn(commands, jobs))
    return compare(out("pyradiomics.csv"), out("radscore.csv")) if peers["pyradiomics"] else True


def compare(theirs, ours):
    """Whether no feature column differs beyond tolerance."""
    def read(path):
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))
        header = rows[0]
        return {row[header.index("ID")]: dict(zip(header, row)) for row in rows[1:] if row != header}

    theirs, ours = read(theirs), read(ours)
    image_types = ("original_", "log-", "wavelet-")
    faults, compared = [], 0
    for case, row in theirs.items():
        for name in (name for name in row if name.startswith(image_types)):
            a, b = float(row[name]), float(ours[case].get(name) or "inf")
            compared += 1
            relative, absolute = 1e-9, 1e-9
            if name.endswith("_MCC"):
                relative = 1e-8
            if name.startswith("wavelet-"):
                relative = 1e-8
            if name.startswith("log-"):
                relative, absolute = (5e-5 if "_firstorder_" in name else 1e-6), 1e-4
            if not (a == b or (a != a and b != b) or abs(a - b) <= relative * max(abs(a), abs(b)) + absolute):
                faults.append((abs(a - b) / max(abs(a), abs(b), 1e-300), case, name, a, b))
    print("\n%d feature values of %d cases compared, %d differ beyond tolerance" % (compared, len(theirs), len(faults)))
    for fault in sorted(faults, reverse=True)[:20]:
        print("  %s %s: PyRadiomics %r, radscore %r" % (fault[1], fault[2], fault[3], fault[4]))
    return compared > 0 and not faults


def bench_program():
    """The program that times radscore's features alone, built by cargo."""
    built = subprocess.run(["cargo", "bench", "--bench", "alone", "--no-run", "--message-format", "json"], cwd=ROOT,
                           stdout=subprocess.PIPE, text=True)
    for line in built.stdout.splitlines():
        message = json.loads(line)
        if message.get("reason") == "compiler-artifact" and message["target"]["name"] == "alone" and message.get("executable"):
            return message["executable"]
    sys.exit("cargo bench --bench alone --no-run built nothing")


def main():
    # pictologics compiles itself for minutes when it is imported, unless it is told not to; what it compiles when it is first
    # used is not timed.
    os.environ.setdefault("PICTOLOGICS_DISABLE_WARMUP", "1")
    folder = ARGUMENTS.folder
    os.makedirs(folder, exist_ok=True)
    pythons = interpreters()
    peers = {"pyradiomics": ARGUMENTS.pyradiomics}
    if not peers["pyradiomics"]:
        peers["pyradiomics"] = environment(folder, "pyradiomics", WHEELS, ["numpy<2", "pyradiomics==3.1.0", "ruamel.yaml<0.18"],
                                           pythons, "import radiomics, SimpleITK")
    newest = sorted((version for version in pythons if version >= (3, 12)), reverse=False) or [(3, 12)]
    peers["pictologics"] = ARGUMENTS.pictologics or environment(folder, "pictologics", newest, ["pictologics"], pythons,
                                                                "import pictologics")
    maker = peers["pyradiomics"] or peers["pictologics"]
    if not maker:
        sys.exit("no peer: there is nothing to compare with")
    volumes = os.path.join(folder, "volumes")
    subprocess.run([maker, os.path.join(HERE, "volumes.py"), volumes], check=True)
    file, params = lambda name: os.path.join(volumes, name + ".nii.gz"), lambda name: os.path.join(HERE, name + ".yaml")
    scan = file("scan")
    wanted = lambda case: not ARGUMENTS.only or case in ARGUMENTS.only.split(",")
    if wanted("whole"):
        gzip = {"gzip -dc (decoding only)": ["gzip", "-dc", scan]}
        whole("512 x 512 x 120, 75,000 voxels, 107 features, whole process", scan, file("mask-75k"), params("params"), peers, gzip)
        whole("the same, 1,000,000 voxels", scan, file("mask-1m"), params("params"), peers)
        whole("160 x 160 x 60, 20,000 voxels, 14 images (1,316 features), whole process", file("small"), file("small-mask"),
              params("types"), peers)
    if wanted("types"):
        whole("512 x 512 x 120, 75,000 voxels, 14 images, whole process", scan, file("mask-75k"), params("types"), peers)
    if wanted("alone"):
        ARGUMENTS.alone = bench_program()
        print("\n### Features alone, CPU seconds of one thread\n")
        alone("75,000 voxels, 107 features", "features", scan, file("mask-75k"), params("params"), peers, 5)
        alone("1,000,000 voxels, 107 features", "features", scan, file("mask-1m"), params("params"), peers, 2)
        alone("20,000 voxels, 14 images with their filters", "features", file("small"), file("small-mask"), params("types"), peers, 2)
        alone("maps of 58 features, 2,000 voxels, kernelRadius 2", "maps", file("maps"), file("maps-mask"), params("maps"), peers, 1)
    if wanted("batch") and not batch(volumes, peers):
        sys.exit(1)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", default=os.path.join(ROOT, "target", "against-pyradiomics"))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", help="cases, with commas: whole, types, alone, batch")
    parser.add_argument("--pyradiomics", help="an interpreter that has PyRadiomics 3.1.0")
    parser.add_argument("--pictologics", help="an interpreter that has pictologics")
    parser.add_argument("--radscore", default=os.path.join(ROOT, "target", "release", "radscore"))
    ARGUMENTS = parser.parse_args()
    ARGUMENTS.folder = os.path.abspath(ARGUMENTS.folder)
    main()
