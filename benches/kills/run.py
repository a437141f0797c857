#!/usr/bin/env python3
"""Kills a study and a batch again and again, and says whether what comes in the end is what an undisturbed run gives.

    benches/kills/run.py RADSCORE [--kills 1000] [--seed 1] [--folder DIR]

Each run is killed (SIGKILL) after a random time within that of an undisturbed one, and begun again, until one gets through;
then all files are compared byte by byte with those of the undisturbed run, and the next begins from nothing. Half of the
kills go to `run --until evaluate` with the sample study, half to `extract --resume` with a table of the study's own scans. The exit code is 1 if
anything differs, or if a run that was killed cannot go on. The repetitions of `tests/study/interruption.rs` are the short form.
"""

import argparse
import csv
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SAMPLE = os.path.join(ROOT, "sample-cases", "cohort.csv")


def contents(path):
    """The bytes of a file, or of every file below a folder, by path.

    Not those of `.work`: `inputs.json` holds for each input file its digest and the time in nanoseconds at which it was looked
    at, which differs from run to run. It is a memory that saves reading files again; no result is made from the times.
    """
    if os.path.isfile(path):
        with open(path, "rb") as file:
            return {"": file.read()}
    found = {}
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if name != ".work"]
        for name in names:
            whole = os.path.join(folder, name)
            with open(whole, "rb") as file:
                found[os.path.relpath(whole, path)] = file.read()
    return found


def remove(path):
    for one in (path, path + ".part"):
        if os.path.isdir(one):
            shutil.rmtree(one)
        elif os.path.exists(one):
            os.remove(one)


def batch(folder):
    """A table of small cases, every scan several times."""
    table = os.path.join(folder, "cases.csv")
    base = os.path.dirname(SAMPLE)
    with open(SAMPLE, newline="") as file:
        rows = list(csv.DictReader(file))
    with open(table, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Image", "Mask"])
        for row in rows[:40]:
            writer.writerow([os.path.join(base, row["image"]), os.path.join(base, row["mask"])])
    return table


def disturbed(name, command, out, calm, kills, random):
    """Whether all runs that were killed end as the calm one."""
    begun = time.monotonic()
    remove(calm)
    subprocess.run(command(calm), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    length = time.monotonic() - begun
    expected = contents(calm)
    done = through = 0
    good = True
    while done < kills and good:
        remove(out)
        while True:
            child = subprocess.Popen(command(out), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            time.sleep(random.uniform(0, length * random.choice((0.1, 0.5, 1.0))))
            if child.poll() is None and done < kills:
                child.send_signal(signal.SIGKILL)
                child.communicate()
                done += 1
                continue
            said = child.communicate()[1]
            if child.returncode != 0:
                print("%s: a run that was killed cannot go on (exit %d): %s" % (name, child.returncode, said.decode(errors="replace")[-500:]))
                good = False
            break
        found = contents(out)
        through += 1
        different = sorted(key for key in set(found) | set(expected) if found.get(key) != expected.get(key))
        if different:
            print("%s: differs after kills: %s" % (name, ", ".join(different[:10])))
            good = False
    print("%s: %d kills of runs of %.1f s, %d runs got through, %s" % (
        name, done, length, through, "all equal to the byte" if good else "NOT equal"))
    return good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder")
    asked = parser.parse_args()
    folder = asked.folder or tempfile.mkdtemp()
    os.makedirs(folder, exist_ok=True)
    chance = random.Random(asked.seed)
    program = os.path.abspath(asked.program)
    table = batch(folder)
    good = disturbed("batch", lambda out: [program, "extract", table, "-o", out, "-f", "csv", "--resume", "--quiet"],
                     os.path.join(folder, "batch.csv"), os.path.join(folder, "calm.csv"), asked.kills - asked.kills // 2, chance)
    good &= disturbed("study", lambda out: [program, "run", SAMPLE, "--out", out, "--quiet", "--until", "evaluate"],
                      os.path.join(folder, "study"), os.path.join(folder, "calm"), asked.kills // 2, chance)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
