# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the collection as for a release, import it as Galaxy does, and install it as users do."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from tools.environment import HOME, NO_SETTINGS, ROOT, VENV, clean_variables, say
from tools.tree import fresh_copy

NAME = "qlikops.cloud"
DIST = VENV / "matrix" / "dist"
IMPORTER_SETTINGS = ROOT / "tests" / "galaxy-importer.cfg"
_FINDING = re.compile(r"^(?:WARNING|ERROR)\b.*", re.MULTILINE)


def _run(venv: Path, *command: str, **settings: str) -> tuple[int, str]:
    """Run Python of a virtual environment, with a home of its own: the exit code and all output."""
    env = clean_variables(venv) | {"HOME": str(HOME), "ANSIBLE_CONFIG": str(NO_SETTINGS)} | settings
    out, both = subprocess.PIPE, subprocess.STDOUT
    python = str(venv / "bin" / "python")
    done = subprocess.run([python, *command], cwd=DIST, env=env, stdout=out, stderr=both, text=True, check=False)
    return done.returncode, done.stdout


def _succeeds(venv: Path, program: str, *arguments: str, **settings: str) -> bool:
    """Run one of ansible's programs, and show what it says when it fails."""
    code, output = _run(venv, str(venv / "bin" / program), *arguments, **settings)
    if code:
        say(output)
    return not code


def build() -> bool:
    """Build the checkout as it is now, and nothing else."""
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir(parents=True)
    copy = fresh_copy(VENV / "matrix" / "copy")
    return _succeeds(VENV, "ansible-galaxy", "collection", "build", "--output-path", str(DIST), str(copy))


def built() -> list[str]:
    """The tarball, if it could be built."""
    return [str(path) for path in DIST.glob("*.tar.gz")]


def findings(code: int, output: str) -> str:
    """What galaxy-importer minds. It exits with 0 whatever ansible-lint and flake8 found."""
    return "\n".join(_FINDING.findall(output)) or (f"{output}\nexit code {code}" if code else "")


def is_importable(venv: Path) -> bool:
    """Whether galaxy-importer minds nothing; says what it minds."""
    command = ("-m", "galaxy_importer.main", *built())
    minded = findings(*_run(venv, *command, GALAXY_IMPORTER_CONFIG=str(IMPORTER_SETTINGS)))
    if minded:
        say(minded)
    return not minded


def install(venv: Path, folder: Path) -> bool:
    """Install the tarball into an emptied folder; whether it is complete there and can show its documentation."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    place = ("--offline", "-p", str(folder))
    commands = (
        ("ansible-galaxy", "collection", "install", *built(), *place),
        ("ansible-galaxy", "collection", "verify", NAME, *place),
        ("ansible-doc", "-t", "inventory", f"{NAME}.tenants"),
    )
    return all(_succeeds(venv, *command, ANSIBLE_COLLECTIONS_PATH=str(folder)) for command in commands)
