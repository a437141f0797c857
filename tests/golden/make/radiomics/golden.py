"""Comparing what is made again with what is there: counts, the largest relative difference, and what is far apart."""

import json
import math
import os


class Count:
    """A tally of values."""

    def __init__(self, far=1e-9, least=1e-12):
        self.values = self.equal = 0
        self.worst, self.where = 0.0, ""
        self.far = []
        self.limit, self.least = far, least

    def value(self, place, before, after):
        """Counts one value; anything but two numbers must be equal."""
        self.values += 1
        numbers = all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in (before, after))
        if before == after or (numbers and math.isnan(before) and math.isnan(after)):
            self.equal += 1
            return
        if not numbers:
            self.far.append("%s: %r is now %r" % (place, before, after))
            return
        difference = abs(before - after)
        if difference <= self.least:
            return
        relative = difference / max(abs(before), abs(after))
        if relative > self.worst:
            self.worst, self.where = relative, place
        if relative > self.limit:
            self.far.append("%s: %r is now %r" % (place, before, after))

    def tree(self, place, before, after):
        """Counts everything below two JSON values."""
        if isinstance(before, dict) and isinstance(after, dict):
            if list(before) != list(after):
                self.far.append("%s: other names, or another order" % place)
            for name in before:
                if name in after:
                    self.tree(place + "/" + name, before[name], after[name])
        elif isinstance(before, list) and isinstance(after, list):
            if len(before) != len(after):
                self.far.append("%s: %d values, not %d" % (place, len(after), len(before)))
            for index, (one, other) in enumerate(zip(before, after)):
                self.tree("%s/%d" % (place, index), one, other)
        else:
            self.value(place, before, after)

    def say(self, name):
        print("%-44s %6d values, %6d equal, largest difference %.1e%s" % (
            name, self.values, self.equal, self.worst, " (%s)" % self.where if self.where else ""))
        for line in self.far[:5]:
            print("    " + line)
        if len(self.far) > 5:
            print("    ... and %d more" % (len(self.far) - 5))

    def add(self, other):
        self.values += other.values
        self.equal += other.equal
        self.far += other.far
        if other.worst > self.worst:
            self.worst, self.where = other.worst, other.where


def write(path, document, indent=1):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        json.dump(document, file, indent=indent)
        file.write("\n")
