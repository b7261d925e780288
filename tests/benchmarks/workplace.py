# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A temporary home to work in, and programs that are run there and measured."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tools.environment import variables

PROGRAMS = Path(sys.executable).parent
FOREIGN = ("PYTHONPATH", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
CONFIGURATION = "[inventory]\nenable_plugins = qlikops.cloud.tenants, script\nany_unparsed_is_failed = true\n"
KIB = 1 if sys.platform == "darwin" else 1024  # the unit of ru_maxrss, in bytes
MIB = 1024 * 1024


class BenchmarkError(Exception):
    """Something could not be measured; the message is for the user."""


@dataclass(frozen=True)
class Run:
    """One run of a program; `peak` is the most memory, in MiB, that it or one of its children held."""

    seconds: float
    peak: float


@dataclass
class Workplace:
    """A folder for everything; `environment` is that of the programs run in it."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("home", "tmp"):
            (self.folder / name).mkdir()
        configuration = self.file("ansible.cfg", CONFIGURATION)
        kept = {name: value for name, value in variables(Path(sys.prefix)).items() if name not in FOREIGN}
        self.environment = kept | {
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "XDG_CACHE_HOME": str(self.cache),
            "ANSIBLE_HOME": str(self.folder / "home" / ".ansible"),
            "ANSIBLE_CONFIG": str(configuration),
            "ANSIBLE_NOCOLOR": "1",
        }

    @property
    def cache(self) -> Path:
        return self.folder / "home" / ".cache"

    def knows(self, settings: Mapping[str, str]) -> None:
        self.environment.update(settings)

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, output: Path, program: str, *arguments: str) -> Run:
        """Run one of ansible's programs to its end; its standard output goes into a file."""
        messages = self.folder / "messages"
        with output.open("wb") as out, messages.open("wb") as err:
            started = time.perf_counter()
            process = self._start([str(PROGRAMS / program), *arguments], out, err)
            peak = _wait(process)
            seconds = time.perf_counter() - started
        if process.returncode:
            said = messages.read_text(encoding="utf-8", errors="replace").strip()
            raise BenchmarkError(f"{program} {' '.join(arguments)} ended with {process.returncode}:\n{said}")
        return Run(seconds, peak)

    def _start(self, command: Sequence[str], out: IO[bytes], err: IO[bytes]) -> subprocess.Popen[bytes]:
        """In a session of its own: Ctrl-C comes to this process alone, which then ends the whole group."""
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )


def _wait(process: subprocess.Popen[bytes]) -> float:
    """Wait for the end; returns the peak in MiB. A child starts with the peak of this process, so keep that small."""
    try:
        status, usage = os.wait4(process.pid, 0)[1:]
    except BaseException:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss * KIB / MIB


@contextmanager
def workplace() -> Iterator[Workplace]:
    with tempfile.TemporaryDirectory(prefix="qlikops-bench-", ignore_cleanup_errors=True) as folder:
        yield Workplace(Path(folder))
