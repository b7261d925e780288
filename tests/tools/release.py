# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the artifact of a release into dist, and list what it contains: `python -m tools.release`."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tools import tarball
from tools.environment import ROOT, say

DIST = ROOT / "dist"
ABOVE = "(at the top)"
File = tuple[str, int]


def contents(artifact: Path) -> list[File]:
    """The files in it, with their sizes in bytes."""
    with tarfile.open(artifact) as archive:
        return [(member.name, member.size) for member in archive if member.isfile()]


def table(files: Sequence[File]) -> list[str]:
    """A line for each folder at the top: how many files, and how large they are; then the names of those in none."""
    sizes: dict[str, list[int]] = defaultdict(list)
    for name, size in files:
        folder, slash, _rest = name.partition("/")
        sizes[folder + slash if slash else ABOVE].append(size)
    lines = [
        f"{folder:<16}{len(each):>5} files {sum(each) / 1024:>9,.0f} KiB" for folder, each in sorted(sizes.items())
    ]
    return [*lines, f"{ABOVE}: {', '.join(sorted(name for name, _size in files if '/' not in name))}"]


def pending() -> list[str]:
    """What git would have to commit or ignore first: a release holds what a tag holds."""
    command = ["git", "-C", str(ROOT), "status", "--porcelain"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line[3:] for line in done.stdout.splitlines()]


def main() -> int:
    """Build, check, list."""
    if unclean := pending():
        say(f"Not built: commit, remove or ignore first {', '.join(unclean)}.")
        return 1
    if not tarball.build():
        return 1
    (built,) = map(Path, tarball.built())
    found = contents(built)
    DIST.mkdir(exist_ok=True)
    artifact = Path(shutil.copy(built, DIST))
    digest = hashlib.sha256(artifact.read_bytes()).hexdigest()
    artifact.with_name(f"{artifact.name}.sha256").write_text(f"{digest}  {artifact.name}\n", encoding="utf-8")
    say("\n".join([*table(found), f"{artifact} ({artifact.stat().st_size / 1024:,.0f} KiB)", f"sha256 {digest}"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
