#!/usr/bin/env python3
"""What the full IBSI set costs beside the 107 features, and beside pictologics, on the same files.

    python3 benches/ibsi/run.py [--radscore target/release/radscore] [--repeat 5] [IMAGE MASK ...]

Without files: three cases of the sample study. Prints a Markdown table: CPU seconds (user and system) of the whole process,
least of the repeats. pictologics (Python 3.12 or newer: `pip install pictologics`) is timed inside one process after a first
run, so that neither its import nor its compiler counts; if it is not installed in this Python, its column says so.
"""
import argparse
import os
import resource
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMON = "imageType:\n  Original: {}\n"
FILES = {
    "107": COMMON + "setting:\n  binWidth: 25\n",
    "ibsi": "convention: ibsi\n" + COMMON + "setting:\n  binWidth: 25\n  resegmentRange: [-1000, 3000]\n  ivhBinWidth: 2.5\n",
}
STEPS = [
    {"step": "resegment", "params": {"range_min": -1000.0, "range_max": 3000.0}},
    {"step": "discretise", "params": {"method": "FBS", "bin_width": 25.0, "min_val": -1000.0}},
    {"step": "extract_features", "params": {
        "families": ["intensity", "morphology", "texture", "histogram", "ivh"],
        "include_spatial_intensity": True, "include_local_intensity": True}},
]


def cpu_of_children(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ours(radscore, image, mask, settings, repeat):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "settings.yaml"
        file.write_text(FILES[settings])
        command = [radscore, "extract", image, mask, "-p", str(file), "--quiet", "-f", "json"]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        features = out.count('"original_')
        return min(cpu_of_children(command) for _ in range(repeat)), features


def theirs(image, mask, repeat):
    os.environ["PICTOLOGICS_DISABLE_WARMUP"] = "1"
    try:
        from pictologics import RadiomicsPipeline
    except ImportError:
        return None
    pipeline = RadiomicsPipeline(load_standard=False)
    pipeline.add_config("same", STEPS)
    times = []
    for _ in range(repeat + 1):
        start = time.process_time()
        found = pipeline.run(image, mask, config_names=["same"])
        times.append(time.process_time() - start)
    return min(times[1:]), len(found["same"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", help="image and mask, in turn")
    parser.add_argument("--radscore", default=str(ROOT / "target/release/radscore"))
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    files = arguments.files
    if not files:
        cases = sorted((ROOT / "sample-cases/images").glob("*.nii.gz"))[:3]
        files = [str(path) for case in cases for path in (case, ROOT / "sample-cases/masks" / case.name)]
    print("| scan | 107 features | full IBSI set | ratio | pictologics | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    for image, mask in zip(files[::2], files[1::2]):
        few, count = ours(arguments.radscore, image, mask, "107", arguments.repeat)
        full, all_count = ours(arguments.radscore, image, mask, "ibsi", arguments.repeat)
        other = theirs(image, mask, max(1, arguments.repeat // 2))
        beside = ("not installed", "") if other is None else (f"{other[0]:.2f} s ({other[1]} values)", f"{other[0] / full:.1f}")
        print(f"| {Path(image).parent.name}/{Path(image).name} | {few:.3f} s ({count} values) | {full:.3f} s ({all_count} values) "
              f"| {full / few:.1f} | {beside[0]} | {beside[1]} |", flush=True)


if __name__ == "__main__":
    main()
