# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prove that the collection is fit for Galaxy, and for every ansible-core that some Python of this machine runs.

`python -m tools.matrix [--oldest] [--fast] [2.16 2.21 ...]`
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tools import results, sanity, tarball
from tools.environment import PYTHONS, REQUIREMENTS, ROOT, VENV, PreparationError, prepare, say, variables
from tools.pythons import CORES, between
from tools.results import Part, Result

# Fewer cores than this prove too little to let a change land.
ENOUGH_IN_CI = 4
IN_CI = os.environ.get("CI") == "true"
IMPORTER_PYTHONS = (11, 13)
REMOTE = VENV / "matrix" / "remote"

Step = tuple[str, Callable[[], Part]]


def _pytest(venv: Path, tests: str, **settings: str) -> Part:
    options = ["-q", "-n", "4", "-p", "no:cacheprovider", "-m", "not once"]
    command = [str(venv / "bin" / "python"), "-m", "pytest", *options, tests]
    env, out, both = variables(venv) | settings, subprocess.PIPE, subprocess.STDOUT
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=out, stderr=both, text=True, check=False)
    say(done.stdout if done.returncode else results.last_line(done.stdout))
    return results.of_pytest(done.returncode, done.stdout)


def _integration(venv: Path, folder: Path) -> Part:
    """The integration tests, on the installed collection; one of them compares where ansible found it."""
    place, elsewhere = str(folder), str(REMOTE / "bin" / "python")
    settings = {"ANSIBLE_COLLECTIONS_PATH": place, "TESTED_COLLECTIONS_PATH": place, "ELSEWHERES_PYTHON": elsewhere}
    return _pytest(venv, "tests/integration", **settings)


def _remote() -> Part:
    """The oldest Python here, for modules that run on another machine than Ansible."""
    found = between(*(minor for major, minor in PYTHONS), oldest=True)
    if found:
        prepare(REMOTE, found[1], REQUIREMENTS / "remote.txt", title=f"Installing requests for Python 3.{found[0]} ...")
    return results.whole(found is not None)


def _importer() -> Part:
    found = between(*IMPORTER_PYTHONS)
    if found is None:
        first, last = IMPORTER_PYTHONS
        say(f"\nSKIPPED galaxy-importer: no Python 3.{first} to 3.{last} found")
        return Part(0, int(IN_CI))
    venv = VENV / "matrix" / "importer"
    title = "Installing galaxy-importer (about 15 seconds) ..."
    prepare(venv, found[1], REQUIREMENTS / "importer.txt", title=title)
    return results.whole(tarball.is_importable(venv))


def _steps_of_collection(fast: bool) -> Iterator[Step]:
    yield "remote", _remote
    yield "build", lambda: results.whole(tarball.build())
    if tarball.built() and not fast:
        yield "importer", _importer


def _steps_of_core(core: str, python: str, fast: bool) -> Iterator[Step]:
    venv = VENV / "matrix" / core
    folder = venv / "installed"
    title = f"Installing ansible-core {core} and test requirements (about 15 seconds) ..."
    prepare(venv, python, REQUIREMENTS / "unit.txt", [f"ansible-core=={core}.*"], title=title)
    yield "units", lambda: _pytest(venv, "tests/unit/plugins")
    if not fast:
        yield "sanity", lambda: results.whole(sanity.run(venv) == 0)
    yield "install", lambda: results.whole(tarball.install(venv, folder))
    if any(folder.iterdir()):
        yield "integration", lambda: _integration(venv, folder)


def _taken(title: str, steps: Iterator[Step]) -> Result:
    """Take all steps; one that fails does not hide what the others find."""
    started, parts = time.monotonic(), {}
    try:
        for name, step in steps:
            begun = time.monotonic()
            parts[name] = step()
            say(f"-- {title} {name}: {parts[name].state} ({time.monotonic() - begun:.0f} s)")
    except (PreparationError, subprocess.CalledProcessError) as error:
        say(str(error))
        parts["preparation"] = results.whole(False)
    return Result(title, time.monotonic() - started, parts)


def _on_core(core: str, oldest: bool, fast: bool) -> Result:
    first, last = CORES[core]
    found = between(first, last, oldest=oldest)
    if found is None:
        say(f"\nSKIPPED {core}: no Python 3.{first} to 3.{last} found")
        return Result(core)
    title = f"{core} on Python 3.{found[0]}"
    say(f"\n== ansible-core {title}")
    return _taken(title, _steps_of_core(core, found[1], fast))


def _verdict(collection: Result, cores: list[Result]) -> int:
    tested = sum(bool(result.parts) for result in cores)
    wanted = min(ENOUGH_IN_CI, len(cores)) if IN_CI else 1
    if tested < wanted:
        say(f"ERROR: {tested} versions of ansible-core were tested, at least {wanted} must be.")
        return 1
    return int(any(result.failed for result in (collection, *cores)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("cores", nargs="*", help=f"of {', '.join(CORES)}; default: all")
    parser.add_argument("--oldest", action="store_true", help="take the oldest Python of each core, not the newest")
    parser.add_argument("--fast", action="store_true", help="leave out galaxy-importer and ansible-test sanity")
    arguments = parser.parse_args()
    if unknown := [core for core in arguments.cores if core not in CORES]:
        parser.error(f"not a supported ansible-core: {', '.join(unknown)}; supported: {', '.join(CORES)}")
    return arguments


def main() -> int:
    """Test the versions named on the command line, or all."""
    arguments = _arguments()
    say("== the collection")
    collection = _taken("collection", _steps_of_collection(arguments.fast))
    chosen = (arguments.cores or CORES) if tarball.built() else []
    cores = [_on_core(core, arguments.oldest, arguments.fast) for core in chosen]
    say("\n" + "\n".join([*results.table([collection]), "", *results.table(cores)]))
    verdict = _verdict(collection, cores)
    say("\n" + results.total([collection, *cores]))
    return verdict


if __name__ == "__main__":
    sys.exit(main())
