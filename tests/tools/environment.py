# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prepare a virtual environment: `python -m tools.environment demo|docs|test`. Runs on the standard library alone."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
HOME = VENV / "home"
NO_SETTINGS = HOME / "ansible.cfg"
COLLECTIONS = VENV / "collections"
LINK = COLLECTIONS / "ansible_collections" / "qlikops" / "cloud"
REQUIREMENTS = ROOT / "tests" / "requirements"

PYTHONS = ((3, 10), (3, 14))
DURATIONS = {"demo": "about 15 seconds", "docs": "about half a minute", "test": "about a minute"}
# Settings of the caller that would change what a test sees, or keep Python from compiling each file once only.
FOREIGN = (
    "ANSIBLE_",
    "COVERAGE_",
    "GALAXY_IMPORTER_",
    "MAKE",
    "MFLAGS",
    "MYPY",
    "PYTEST_",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHOME",
    "PYTHONPATH",
    "QLIK_",
    "RUFF_",
)


class PreparationError(Exception):
    """The environment cannot be prepared; the message is for the user."""


def say(text: str) -> None:
    """Report progress at once, also into a pipe."""
    print(text, flush=True)


def clean_variables(venv: Path) -> dict[str, str]:
    """The caller's environment without settings of other work, and with the programs of a virtual environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    path = os.pathsep.join([str(venv / "bin"), os.environ.get("PATH", os.defpath)])
    return kept | {"PATH": path, "VIRTUAL_ENV": str(venv)}


def variables(venv: Path = VENV) -> dict[str, str]:
    """The environment in which tools and tests run: they find the collection in the checkout."""
    return clean_variables(venv) | {
        "PYTHONPATH": str(ROOT / "tests"),
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_CONFIG": str(NO_SETTINGS),
        "ANSIBLE_HOME": str(HOME / ".ansible"),
    }


def chain(requirements: Path) -> Iterator[Path]:
    """A requirements file and all files it includes."""
    yield requirements
    for line in requirements.read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            yield from chain((requirements.parent / line[3:].strip()).resolve())


def _digest(requirements: Path, specifiers: Sequence[str]) -> str:
    texts = [path.read_text(encoding="utf-8") for path in chain(requirements)]
    return hashlib.sha256("\0".join([*texts, *specifiers]).encode()).hexdigest()


def _stamp(venv: Path, requirements: Path) -> Path:
    return venv / f".installed-{requirements.stem}"


def _version(python: Path | str) -> str:
    command = [str(python), "-c", "import sys; print(sys.version_info[:2])"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


def _make(venv: Path, python: str) -> None:
    """Make the environment unless it works, has this version of Python and was made here: its scripts name the path."""
    origin, description = venv / ".made-by", f"Python {_version(python)} at {venv}"
    python_in_it = venv / "bin" / "python"
    if (
        origin.is_file()
        and origin.read_text(encoding="utf-8") == description
        and _version(python_in_it) == _version(python)
    ):
        return
    subprocess.run([python, "-m", "venv", "--clear", str(venv)], check=True)
    origin.write_text(description, encoding="utf-8")


def install(venv: Path, requirements: Path, specifiers: Sequence[str] = (), *, title: str = "") -> None:
    """Bring an environment up to its requirements, unless it is."""
    digest, stamp = _digest(requirements, specifiers), _stamp(venv, requirements)
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == digest:
        return
    say(title or f"Installing {requirements.stem} requirements into {venv.name} ({DURATIONS[requirements.stem]}) ...")
    pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "-qq"]
    # Python compiles what is imported, which is the smaller part
    subprocess.run([*pip, "--no-compile", "-r", str(requirements), *specifiers], check=True)
    for path in chain(requirements):
        _stamp(venv, path).write_text(_digest(path, specifiers), encoding="utf-8")


def _link() -> None:
    """Plant the checkout under the name of the collection; relative, so that the link survives a move."""
    LINK.parent.mkdir(parents=True, exist_ok=True)
    if not LINK.is_symlink():
        LINK.symlink_to(os.path.relpath(ROOT, LINK.parent), target_is_directory=True)


def prepare(venv: Path, python: str, requirements: Path, specifiers: Sequence[str] = (), *, title: str = "") -> None:
    """Make a virtual environment with these requirements and the link to the collection."""
    try:
        _make(venv, python)
        install(venv, requirements, specifiers, title=title)
    except subprocess.CalledProcessError as error:
        raise PreparationError(f"{venv} could not be prepared: a command ended with {error.returncode}.") from error
    _link()
    HOME.mkdir(parents=True, exist_ok=True)
    NO_SETTINGS.touch()


def _check_machine() -> None:
    first, last = PYTHONS
    if not first <= sys.version_info[:2] <= last:
        here = f"{sys.executable} is {sys.version.split()[0]}"
        raise PreparationError(f"Python 3.{first[1]} to 3.{last[1]} is needed; {here}.")
    if os.pathsep in str(ROOT):
        raise PreparationError(f"The path of the checkout must not contain '{os.pathsep}': {ROOT}")


def main() -> int:
    """Prepare .venv for the requirements named on the command line."""
    try:
        _check_machine()
        prepare(VENV, getattr(sys, "_base_executable", "") or sys.executable, REQUIREMENTS / f"{sys.argv[1]}.txt")
    except PreparationError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
