# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A copy of the checkout without what is git-ignored, at a real path, as a repository of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tools.environment import ROOT, say

# For an unpacked archive without git: the folders that .gitignore names.
SKIPPED = {".git", ".venv", "__pycache__", "build", "collections", "dist", "output"}


def _listed_by_git() -> list[str] | None:
    """The tracked and the untracked but not ignored files, or None when git does not know this folder."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    own = (ROOT / ".git").exists()  # a folder within somebody else's repository is walked
    return [name for name in done.stdout.split("\0") if name] if own else None


def _walked() -> Iterator[str]:
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in SKIPPED and not name.endswith("_cache")]
        yield from (os.path.relpath(os.path.join(folder, name), ROOT) for name in files)


def files() -> list[str]:
    """The paths of the collection's files, relative to the checkout."""
    listed = _listed_by_git()
    if listed is None:
        say("No git repository: taking all files but those in well-known folders.")
        listed = list(_walked())
    return sorted(name for name in set(listed) if (ROOT / name).is_file())


def fresh_copy(target: Path) -> Path:
    """Copy the collection to target, replacing what is there.

    Tools that ask git leave out what is ignored, and a copy below .venv is: without a repository of its own,
    ansible-test and reuse would skip every file and report success.
    """
    shutil.rmtree(target, ignore_errors=True)
    for name in files():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name, follow_symlinks=False)
    if shutil.which("git"):
        subprocess.run(["git", "init", "--quiet", str(target)], check=True)
    return target
