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
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tools import results, sanity, tarball
from tools.beside import Done, Out, kept
from tools.environment import PYTHONS, REQUIREMENTS, ROOT, VENV, PreparationError, prepare, say, variables
from tools.pythons import CORES, between
from tools.results import Part, Result

# Fewer cores than this prove too little to let a change land.
ENOUGH_IN_CI = 4
IN_CI = os.environ.get("CI") == "true"
IMPORTER_PYTHONS = (11, 13)
REMOTE = VENV / "matrix" / "remote"
ENDS = (next(iter(CORES)), next(reversed(CORES)))

# What is done now, or what was begun beside the tests, since most of it keeps one core busy.
Step = tuple[str, Callable[[Out], Part] | Future[Done[Part]]]


def _pytest(out: Out, core: Core, tests: str, **settings: str) -> Part:
    venv, marked = core.venv, "not once" if core.version in ENDS else "not once and not ends"
    options = [
        "-q",
        "-n",
        "4",
        "--dist=worksteal",
        "-p",
        "no:cacheprovider",
        "--hypothesis-profile=quick",
        "-m",
        marked,
    ]
    command = [str(venv / "bin" / "python"), "-m", "pytest", *options, tests]
    env, pipe, both = variables(venv) | settings, subprocess.PIPE, subprocess.STDOUT
    done = subprocess.run(command, cwd=ROOT, env=env, stdout=pipe, stderr=both, text=True, check=False)
    print(done.stdout if done.returncode else results.last_line(done.stdout), file=out)
    return results.of_pytest(done.returncode, done.stdout)


def _integration(out: Out, core: Core, folder: Path) -> Part:
    """The integration tests, on the installed collection; one of them compares where ansible found it."""
    place, elsewhere = str(folder), str(REMOTE / "bin" / "python")
    settings = {"ANSIBLE_COLLECTIONS_PATH": place, "TESTED_COLLECTIONS_PATH": place, "ELSEWHERES_PYTHON": elsewhere}
    return _pytest(out, core, "tests/integration", **settings)


def _remote(out: Out) -> Part:
    """The oldest Python here, for modules that run on another machine than Ansible."""
    found = between(*(minor for major, minor in PYTHONS), oldest=True)
    if found:
        prepare(REMOTE, found[1], REQUIREMENTS / "remote.txt", title=f"Installing requests for Python 3.{found[0]} ...")
    return results.whole(found is not None)


def _importer(out: Out) -> Part:
    found = between(*IMPORTER_PYTHONS)
    if found is None:
        first, last = IMPORTER_PYTHONS
        say(f"\nSKIPPED galaxy-importer: no Python 3.{first} to 3.{last} found")
        return Part(0, int(IN_CI))
    venv = VENV / "matrix" / "importer"
    title = "Installing galaxy-importer (about 15 seconds) ..."
    prepare(venv, found[1], REQUIREMENTS / "importer.txt", title=title)
    return results.whole(tarball.is_importable(venv))


def _sanity(out: Out, venv: Path) -> Part:
    return results.whole(sanity.run(venv, out=out) == 0)


def _steps_of_collection() -> Iterator[Step]:
    yield "remote", _remote
    yield "build", lambda out: results.whole(tarball.build())


@dataclass(frozen=True)
class Core:
    """An ansible-core, a Python for it, and where it is installed."""

    version: str
    minor: int
    python: str

    @property
    def title(self) -> str:
        return f"{self.version} on Python 3.{self.minor}"

    @property
    def venv(self) -> Path:
        return VENV / "matrix" / self.version

    def prepare(self) -> None:
        title = f"Installing ansible-core {self.version} and test requirements (about 15 seconds) ..."
        specifiers = [f"ansible-core=={self.version}.*"]
        prepare(self.venv, self.python, REQUIREMENTS / "unit.txt", specifiers, title=title)

    def steps(self, prepared: Future[None], sane: Future[Done[Part]] | None) -> Iterator[Step]:
        folder = self.venv / "installed"
        prepared.result()
        yield "units", lambda out: _pytest(out, self, "tests/unit/plugins")
        yield "install", lambda out: results.whole(tarball.install(self.venv, folder))
        if any(folder.iterdir()):
            yield "integration", lambda out: _integration(out, self, folder)
        if sane:
            yield "sanity", sane


def _taken(title: str, steps: Iterator[Step]) -> Result:
    """Take all steps; one that fails does not hide what the others find."""
    started, parts = time.monotonic(), {}
    try:
        for name, step in steps:
            done = step.result() if isinstance(step, Future) else kept(step)
            parts[name] = done.result
            say(f"{done.output}\n-- {title} {name}: {parts[name].state} ({done.seconds:.0f} s)".lstrip())
    except (PreparationError, subprocess.CalledProcessError) as error:
        say(str(error))
        parts["preparation"] = results.whole(False)
    return Result(title, time.monotonic() - started, parts)


def _found(version: str, oldest: bool) -> Core | None:
    first, last = CORES[version]
    found = between(first, last, oldest=oldest)
    if found is None:
        say(f"\nSKIPPED {version}: no Python 3.{first} to 3.{last} found")
    return Core(version, *found) if found else None


@dataclass(frozen=True)
class Beside:
    """What goes on beside the tests, one after the other."""

    lane: Executor
    fast: bool

    def steps(self, core: Core) -> Iterator[Step]:
        """Begin to prepare a core, and to hold the collection against its ansible-test; then all steps of it."""
        prepared = self.lane.submit(core.prepare)
        sane = None if self.fast else self.lane.submit(kept, partial(_sanity, venv=core.venv))
        return core.steps(prepared, sane)

    def importing(self) -> Iterator[Step]:
        return iter([] if self.fast else [("importer", self.lane.submit(kept, _importer))])


def _on(core: Core, steps: Iterator[Step]) -> Result:
    say(f"\n== ansible-core {core.title}")
    return _taken(core.title, steps)


def _all(versions: Iterable[str], oldest: bool, beside: Beside) -> tuple[Result, list[Result]]:
    """What became of the collection, and of each version."""
    say("== the collection")
    collection = _taken("collection", _steps_of_collection())
    if not tarball.built():
        return collection, []
    found = {version: _found(version, oldest) for version in versions}
    begun = {core: beside.steps(core) for core in found.values() if core}
    importing = beside.importing()
    cores = [_on(core, begun[core]) if core else Result(version) for version, core in found.items()]
    imported = _taken("collection", importing)
    parts = collection.parts | imported.parts
    return Result("collection", collection.seconds + imported.seconds, parts), cores


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
    lane = ThreadPoolExecutor(1)
    try:
        collection, cores = _all(arguments.cores or CORES, arguments.oldest, Beside(lane, arguments.fast))
    finally:
        lane.shutdown(cancel_futures=True)
    every = [collection, *cores]
    say("\n" + "\n".join([*results.table([collection]), "", *results.table(cores)]))
    verdict = _verdict(collection, cores)
    say("\n" + "\n".join([*results.complaints(every), results.total(every)]))
    return verdict


if __name__ == "__main__":
    sys.exit(main())
