# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import subprocess
import tarfile
from pathlib import Path

import pytest
import yaml

from tools import release
from tools.environment import ROOT
from tools.release import ABOVE, contents, table
from tools.tree import files

# What Galaxy's format adds to the files of the checkout.
MADE = {"MANIFEST.json", "FILES.json"}
PAGE = ROOT / "docs" / "docsite" / "rst" / "releases.rst"


def described() -> set[str]:
    """The folders and files in the guide's table of what the artifact contains."""
    section = (
        PAGE.read_text(encoding="utf-8").split("What the artifact contains\n")[1].split("\nHow a release is made\n")[0]
    )
    return set(re.findall(r"``([^`]+)``", "\n".join(re.findall(r"^   \* - (.*)$", section, re.MULTILINE))))


def released() -> set[str]:
    """What lies at the top of the checkout and is built."""
    ignored = set(yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["build_ignore"])
    tops = {f"{name.partition('/')[0]}{'/' * ('/' in name)}" for name in files()}
    return {top for top in tops if top.rstrip("/") not in ignored} - {"galaxy.yml"}


def test_the_guide_lists_what_the_artifact_contains() -> None:
    assert described() == released() | MADE


def test_what_is_in_it_is_added_up_by_folder(tmp_path: Path) -> None:
    names = ("README.md", "plugins/one.py", "plugins/more/two.py")
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as archive:
        for name in names:
            (tmp_path / "file").write_bytes(b"x" * 2048)
            archive.add(tmp_path / "file", name)
    found = contents(tmp_path / "x.tar.gz")
    assert [name for name, _size in found] == list(names)
    assert table(found) == [
        f"{ABOVE:<16}    1 files         2 KiB",
        "plugins/            2 files         4 KiB",
        f"{ABOVE}: README.md",
    ]


def test_what_git_has_to_commit_is_pending(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release, "ROOT", tmp_path)
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert release.pending() == []
    (tmp_path / "notes.txt").write_text("x")
    assert release.pending() == ["notes.txt"]
