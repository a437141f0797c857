#!/usr/bin/env python3
"""Pictures of radscore's screens, from real runs: tmux cells to PNG.

    python3 docs/screens/take.py RADSCORE STUDY.yaml OUT_DIR [--size 80x24] [--light] [--language zh] [--tour] [name=keys ...]
    python3 docs/screens/take.py RADSCORE sample-cases OUT_DIR --own [the same options]

RADSCORE is the built program, STUDY.yaml a study that was run. With --own, scans and a table such as a hospital has are laid out from the
sample cases (a folder a case, outcomes in words), and the pictures show how a study is made of them. Each shot starts it in tmux, presses the keys (tmux names, separated by spaces), waits until
the screen comes to rest, and paints the captured cells. Needs tmux, Python with Pillow, DejaVu Sans Mono, and Noto Sans CJK for
Chinese. Braille dots
and half blocks are painted as shapes, so that they join as they do in a terminal.
"""
import argparse
import csv
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unicodedata
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SHOTS = {
    "home": "H",
    "cases": "1 Home Down Down Enter",
    "slices": "1 / P06-T8 Enter v",
    "montage": "1 / P06-T8 Enter v M",
    "pipeline": "2 Tab Home Down Enter C-u 3:1 Enter",
    "features": "3 Home s Down",
    "clusters": "3 Tab",
    "selection": "4 Left Left",
    "model": "5 n n n",
    "roc": "6 Right Right",
    "calibration": "7",
    "decision": "8" + " Right" * 20,
    "nomogram": "9 n n n",
    "audit": "0 Down",
    "robustness": "= Tab",
    "reporting": "K Down",
}
# How a study is made of one's own scans and table; Rest waits until the screen has come to rest.
EVENT = "Tab Tab Tab Enter Tab"
CLINICAL = f"{EVENT} Enter Tab Enter Down Enter Down Enter"
CHECKED = f"{CLINICAL} Tab Tab Enter Rest"
OWN = {
    "own-scans": "",
    "own-masks": "Tab",
    "own-event": EVENT,
    "own-clinical": CLINICAL,
    "own-checked": CHECKED,
    "own-opened": f"{CHECKED} Enter Rest Rest H",
}
# What the tour shows; the others are there to be looked at.
TOUR = ["cases", "slices", "montage", "pipeline", "features", "clusters", "selection", "model", "roc", "nomogram"]
DARK = {"fg": (212, 212, 212), "bg": (24, 26, 31)}
LIGHT = {"fg": (36, 41, 47), "bg": (255, 255, 255)}
NAMED = [
    (40, 44, 52), (204, 82, 82), (110, 170, 90), (200, 160, 60), (80, 130, 210), (176, 105, 190), (60, 160, 170), (190, 190, 190),
    (110, 116, 128), (230, 110, 110), (140, 200, 120), (230, 195, 100), (110, 160, 240), (205, 140, 215), (95, 195, 205), (240, 240, 240),
]


def indexed(number):
    if number < 16:
        return NAMED[number]
    if number >= 232:
        grey = 8 + 10 * (number - 232)
        return (grey, grey, grey)
    number -= 16
    level = lambda part: 0 if part == 0 else 55 + 40 * part
    return (level(number // 36), level(number // 6 % 6), level(number % 6))


def cells(line, look):
    """The cells of a captured line: (character, foreground, background, bold)."""
    state = {"fg": None, "bg": None, "bold": False, "reverse": False}
    out = []
    for part in re.split(r"(\x1b\[[0-9;:]*m)", line):
        if part.startswith("\x1b["):
            codes = [int(code or 0) for code in re.split("[;:]", part[2:-1])]
            at = 0
            while at < len(codes):
                code = codes[at]
                if code == 0:
                    state = {"fg": None, "bg": None, "bold": False, "reverse": False}
                elif code == 1:
                    state["bold"] = True
                elif code == 7:
                    state["reverse"] = True
                elif code == 27:
                    state["reverse"] = False
                elif code in (38, 48):
                    which = "fg" if code == 38 else "bg"
                    if codes[at + 1] == 5:
                        state[which] = indexed(codes[at + 2])
                        at += 2
                    else:
                        state[which] = tuple(codes[at + 2:at + 5])
                        at += 4
                elif 30 <= code <= 37:
                    state["fg"] = NAMED[code - 30]
                elif 40 <= code <= 47:
                    state["bg"] = NAMED[code - 40]
                elif 90 <= code <= 97:
                    state["fg"] = NAMED[code - 82]
                elif 100 <= code <= 107:
                    state["bg"] = NAMED[code - 92]
                elif code == 39:
                    state["fg"] = None
                elif code == 49:
                    state["bg"] = None
                at += 1
            continue
        for letter in part:
            front, back = state["fg"] or look["fg"], state["bg"] or look["bg"]
            if state["reverse"]:
                front, back = back, front
            out.append((letter, front, back, state["bold"]))
            if unicodedata.east_asian_width(letter) in "WF":
                out.append(("", front, back, state["bold"]))
    return out


def paint(lines, columns, look, path):
    wide, high = 9, 18
    fonts = {}
    chinese = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
    wide_font = ImageFont.truetype(str(chinese), 15, index=2) if chinese.exists() else None
    for bold, name in [(False, "DejaVuSansMono.ttf"), (True, "DejaVuSansMono-Bold.ttf")]:
        fonts[bold] = ImageFont.truetype(f"/usr/share/fonts/truetype/dejavu/{name}", 15)
    image = Image.new("RGB", (columns * wide + 16, len(lines) * high + 16), look["bg"])
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        for column, (letter, front, back, bold) in enumerate(cells(line, look)):
            x, y = 8 + column * wide, 8 + row * high
            if not letter:
                # The right half of a letter of two columns, which is painted with its left half.
                continue
            double = unicodedata.east_asian_width(letter) in "WF"
            draw.rectangle([x, y, x + (2 if double else 1) * wide - 1, y + high - 1], fill=back)
            code = ord(letter) if letter else 0x20
            if 0x2801 <= code <= 0x28FF:
                bits = code - 0x2800
                for bit, (dx, dy) in enumerate([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]):
                    if bits >> bit & 1:
                        px, py = x + 1.5 + dx * 4.5, y + 1.5 + dy * 4.5
                        draw.rectangle([px, py, px + 2, py + 2], fill=front)
            elif letter == "▄":
                draw.rectangle([x, y + high // 2, x + wide - 1, y + high - 1], fill=front)
            elif letter == "▀":
                draw.rectangle([x, y, x + wide - 1, y + high // 2 - 1], fill=front)
            elif letter == "▔":
                draw.rectangle([x, y, x + wide - 1, y + 1], fill=front)
            elif 0x2581 <= code <= 0x2588:
                part = (code - 0x2580) * high / 8
                draw.rectangle([x, y + high - part, x + wide - 1, y + high - 1], fill=front)
            elif letter == "▌":
                draw.rectangle([x, y, x + wide // 2 - 1, y + high - 1], fill=front)
            elif letter == "▐":
                draw.rectangle([x + wide // 2, y, x + wide - 1, y + high - 1], fill=front)
            elif letter == "─":
                draw.line([x, y + high // 2, x + wide - 1, y + high // 2], fill=front)
            elif letter == "│":
                draw.line([x + wide // 2, y, x + wide // 2, y + high - 1], fill=front)
            elif double and wide_font:
                draw.text((x + 1, y - 3), letter, font=wide_font, fill=front)
            elif letter.strip():
                draw.text((x, y), letter, font=fonts[bold], fill=front)
    image.quantize(64).save(path, optimize=True)


def tmux(*words):
    return subprocess.run(["tmux", "-L", "radscore-pictures", *words], check=True, capture_output=True, text=True).stdout


def capture():
    return tmux("capture-pane", "-peN", "-t", "shot").split("\n")


def settle():
    before, since = None, time.time()
    while time.time() - since < 120:
        time.sleep(0.5)
        now = capture()
        if now == before:
            return now
        before = now
    return before


def own_scans(sample, folder):
    """A folder a case, and a table with outcomes in words and without paths: what a hospital has."""
    with open(sample / "cohort.csv", newline="") as file:
        rows = list(csv.DictReader(file))[:40]
    for row in rows:
        place = folder / "scans" / row["id"]
        place.mkdir(parents=True)
        shutil.copy(sample / row["image"], place / "ct.nii.gz")
        shutil.copy(sample / row["mask"], place / "vertebra.nii.gz")
    with open(folder / "patients.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["case", "patient", "metastasis", "age", "sex", "smoking"])
        for row in rows:
            found = "" if row["outcome"] == "" else ["absent", "present"][int(row["outcome"])]
            writer.writerow([row["id"], row["patient"], found, row["age"], row["sex"], row["smoking"]])
    return "scans patients.csv"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("study")
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", default="80x24")
    parser.add_argument("--light", action="store_true")
    parser.add_argument("--language", default="en", help="en or zh")
    parser.add_argument("--own", action="store_true", help="how a study is made, from the sample cases in the place of STUDY")
    parser.add_argument("--tour", action="store_true", help="only the ten of the tour")
    parser.add_argument("shots", nargs="*")
    given = parser.parse_args()
    columns, rows = map(int, given.size.split("x"))
    look = LIGHT if given.light else DARK
    shots = dict(shot.split("=", 1) for shot in given.shots) or SHOTS
    if given.tour:
        shots = {name: SHOTS[name] for name in TOUR}
    if given.own and not given.shots:
        shots = OWN
    given.out.mkdir(parents=True, exist_ok=True)
    program = str(Path(given.program).resolve())
    theme = "light" if given.light else "dark"
    for name, keys in shots.items():
        # Every shot begins as a first start does: where somebody was before is forgotten.
        here = tempfile.TemporaryDirectory(prefix="radscore-")
        if given.own:
            what = f"new {own_scans(Path(given.study), Path(here.name))}"
        else:
            what = str(Path(given.study).resolve())
            for memory in Path(given.study).parent.glob("*/.work/screen.json"):
                memory.unlink()
        settings = f"LANG=C.UTF-8 TERM=xterm-256color XDG_CONFIG_HOME={here.name}"
        command = f"cd {here.name} && {settings} {program} --lang {given.language} --theme {theme} {what}"
        tmux("-f", "/dev/null", "new-session", "-d", "-s", "shot", "-x", str(columns), "-y", str(rows), command)
        try:
            settle()
            for key in keys.split():
                if key == "Rest":
                    settle()
                    continue
                tmux("send-keys", "-t", "shot", key)
                time.sleep(0.05)
            lines = settle()[:rows]
        finally:
            tmux("kill-session", "-t", "shot")
        path = given.out / f"{name}.png"
        paint(lines, columns, look, path)
        print(path)


if __name__ == "__main__":
    sys.exit(main())
