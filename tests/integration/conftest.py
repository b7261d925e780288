# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's own programs as a user runs them, against the simulator."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from simulator import Simulator

ROOT = Path(__file__).resolve().parents[2]
FRUGAL, HURRY = (ROOT / "tests" / name for name in ("frugal", "hurry"))
FOREIGN = ("QLIK_", "ANSIBLE_")
FOREIGN_TOO = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


class User:
    """Somebody with a home, a folder to work in, and ansible's programs."""

    def __init__(self, folder: Path) -> None:
        self.home, self.work, self.temporary = (folder / name for name in ("home", "work", "t"))
        for place in (self.home, self.work, self.temporary):
            place.mkdir()
        self.environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(FOREIGN) and name not in FOREIGN_TOO
        }
        self.environment |= {
            "HOME": str(self.home),
            "PYTHONPATH": str(FRUGAL),
            "TMPDIR": str(self.temporary),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "ANSIBLE_COLLECTIONS_PATH": os.environ["ANSIBLE_COLLECTIONS_PATH"],
            "ANSIBLE_CONFIG": str(ROOT / "examples" / "ansible.cfg"),
            "ANSIBLE_NOCOLOR": "1",
            "COLUMNS": "500",
            "QLIK_RETRIES": "0",
        }
        self.source = self.file("org.qlik.yml", "plugin: qlikops.cloud.tenants\n")

    def knows(self, simulator: Simulator) -> None:
        """Give this user the credential of an organization."""
        self.environment |= simulator.environment

    def file(self, name: str, text: str) -> Path:
        path = self.work / name
        path.write_text(text, encoding="utf-8")
        return path

    def run(self, program: str, *arguments: t.Any, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *map(str, arguments)],
            cwd=self.work,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(
        self, program: str, *arguments: t.Any, output: t.IO[str], cwd: Path | None = None, **environment: str
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [program, *map(str, arguments)],
            cwd=cwd or self.work,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            text=True,
        )

    def files(self) -> list[Path]:
        """All that this user's runs have left behind."""
        return [path for place in (self.home, self.work, self.temporary) for path in place.rglob("*") if path.is_file()]


@pytest.fixture
def user() -> t.Iterator[User]:
    # not in tmp_path, which is too long for the sockets that ansible puts below TMPDIR
    with tempfile.TemporaryDirectory(prefix="user-") as folder:
        yield User(Path(folder))


@pytest.fixture
def member(user: User, simulator: Simulator) -> User:
    """A user of a simulated organization."""
    user.knows(simulator)
    return user


@pytest.fixture
def booked(member: User, simulator: Simulator) -> User:
    """One with a book of clients that open every tenant."""
    member.file("credentials.yml", yaml.safe_dump(simulator.credentials))
    member.environment["QLIK_CREDENTIALS_FILE"] = str(member.work / "credentials.yml")
    return member


def unvaulted(path: Path, secrets: t.Mapping[str, str]) -> dict[str, t.Any]:
    """What a YAML file holds, opened with passwords by their vault ids."""
    vault = VaultLib([(name, VaultSecret(password.encode())) for name, password in secrets.items()])

    class Loader(yaml.SafeLoader):
        """Opens vault values."""

    Loader.add_constructor("!vault", lambda loader, node: vault.decrypt(node.value).decode())
    text = path.read_bytes()
    content = vault.decrypt(text) if vault.is_encrypted(text) else text
    return t.cast("dict[str, t.Any]", yaml.load(content, Loader))  # noqa: S506 - made of the safe loader


def told(done: subprocess.CompletedProcess[str]) -> str:
    """What stands on standard error, without the line breaks of older versions of ansible."""
    return " ".join(done.stderr.split())


def plain(value: t.Any) -> t.Any:
    """A part of `ansible-inventory --list` without the marks of untrusted text."""
    if isinstance(value, dict):
        return (
            value["__ansible_unsafe"] if set(value) == {"__ansible_unsafe"} else {k: plain(v) for k, v in value.items()}
        )
    return [plain(item) for item in value] if isinstance(value, list) else value
