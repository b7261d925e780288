# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is compiled once only behaves as if it were compiled each time, whoever runs it where."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parents[2] / "frugal" / "sitecustomize.py"
RUN = """
import sys
sys.path.insert(0, sys.argv[1])
import module
print(module.work.__code__.co_filename, module.work.inner().co_filename, module.work())
"""
MODULE = """
def work():
    return {number}
work.inner = lambda: (lambda: 0).__code__
"""


@pytest.fixture
def frugal(tmp_path: Path) -> Path:
    """The folder as in a checkout, whose .venv keeps what is compiled."""
    folder = tmp_path / "tests" / "frugal"
    folder.mkdir(parents=True)
    return Path(shutil.copy(HERE, folder)).parent


def archive(path: Path, number: int) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("module.py", MODULE.format(number=number))
    return path


def run(frugal: Path, path: Path) -> list[str]:
    environment = {**os.environ, "PYTHONPATH": str(frugal)}
    command = [sys.executable, "-c", RUN, str(path)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()


def kept(frugal: Path) -> set[Path]:
    return set((frugal.parents[1] / ".venv" / "compiled").glob("*/*"))


def test_a_text_is_compiled_once_and_names_the_file_that_it_came_from(frugal: Path, tmp_path: Path) -> None:
    one, two = archive(tmp_path / "one.zip", 1), archive(tmp_path / "two.zip", 1)
    assert run(frugal, one) == [f"{one}/module.py", f"{one}/module.py", "1"]
    (file,) = kept(frugal)
    before = file.stat().st_mtime_ns
    assert run(frugal, two) == [f"{two}/module.py", f"{two}/module.py", "1"]
    assert [path.stat().st_mtime_ns for path in kept(frugal)] == [before]


def test_another_text_is_compiled_anew(frugal: Path, tmp_path: Path) -> None:
    for number in (1, 2):
        assert run(frugal, archive(tmp_path / "one.zip", number))[2] == str(number)
    assert len(kept(frugal)) == 2
