"""The binary: where it is, and what it says."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig


class RadscoreError(ValueError):
    """What the binary has to say of wrong input."""


def binary():
    """The path of the binary: RADSCORE of the environment, that of this installation, or the one on the path."""
    named = os.environ.get("RADSCORE")
    if named:
        return named
    name = "radscore.exe" if sys.platform == "win32" else "radscore"
    for scheme in (None, "posix_user" if os.name == "posix" else "nt_user"):
        folder = sysconfig.get_path("scripts", scheme) if scheme else sysconfig.get_path("scripts")
        path = os.path.join(folder, name)
        if os.access(path, os.X_OK):
            return path
    found = shutil.which(name)
    if not found:
        raise RadscoreError("the binary radscore is not installed here; set RADSCORE to its path")
    return found


def run(*arguments, codes=(0,)):
    """What a command prints with --json, as Python has it; other exit codes than these are errors."""
    # No other thread of Python waits meanwhile: the interpreter's lock is free while the binary works.
    ended = subprocess.run(
        [binary(), *map(os.fspath, arguments), "--json", "--quiet"], capture_output=True, stdin=subprocess.DEVNULL
    )
    said = ended.stderr.decode("utf-8", "replace").strip()
    if ended.returncode not in codes:
        raise RadscoreError(said or f"radscore ended with {ended.returncode}")
    return json.loads(ended.stdout)


def version():
    """The version of the binary."""
    said = subprocess.run([binary(), "--version"], capture_output=True, check=True).stdout
    return said.decode().split()[-1]
