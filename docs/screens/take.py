#!/usr/bin/env python3
"""Pictures of radscore's screens, from real runs: tmux cells to PNG.

    python3 docs/screens/take.py RADSCORE STUDY.yaml OUT_DIR [--size 80x24] [--light] [--tour] [name=keys ...]

RADSCORE is the built program, STUDY.yaml a study that was run. Each shot starts it in tmux, presses the keys (tmux names, separated by spaces), waits until
the screen comes to rest, and paints the captured cells. Needs tmux, Python with Pillow, and DejaVu Sans Mono. Braille dots
and half blocks are painted as shapes, so that they join as they do in a terminal.
"""
import argparse
import re
import subprocess
import sys
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
    for bold, name in [(False, "DejaVuSansMono.ttf"), (True, "DejaVuSansMono-Bold.ttf")]:
        fonts[bold] = ImageFont.truetype(f"/usr/share/fonts/truetype/dejavu/{name}", 15)
    image = Image.new("RGB", (columns * wide + 16, len(lines) * high + 16), look["bg"])
    draw = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        for column, (letter, front, back, bold) in enumerate(cells(line, look)):
            x, y = 8 + column * wide, 8 + row * high
            draw.rectangle([x, y, x + wide - 1, y + high - 1], fill=back)
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


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("study")
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", default="80x24")
    parser.add_argument("--light", action="store_true")
    parser.add_argument("--tour", action="store_true", help="only the ten of the tour")
    parser.add_argument("shots", nargs="*")
    given = parser.parse_args()
    columns, rows = map(int, given.size.split("x"))
    look = LIGHT if given.light else DARK
    shots = dict(shot.split("=", 1) for shot in given.shots) or SHOTS
    if given.tour:
        shots = {name: SHOTS[name] for name in TOUR}
    given.out.mkdir(parents=True, exist_ok=True)
    theme = "light" if given.light else "dark"
    for name, keys in shots.items():
        # Every shot begins as a first start does: where somebody was before is forgotten.
        for memory in Path(given.study).parent.glob("*/.work/screen.json"):
            memory.unlink()
        command = f"LANG=C.UTF-8 TERM=xterm-256color {given.program} --theme {theme} {given.study}"
        tmux("-f", "/dev/null", "new-session", "-d", "-s", "shot", "-x", str(columns), "-y", str(rows), command)
        try:
            settle()
            for key in keys.split():
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
