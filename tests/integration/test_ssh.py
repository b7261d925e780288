# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules on a machine that is reached over SSH, with a real server."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import time
import typing as t
from pathlib import Path

import pytest

from simulator import Simulator

from .conftest import User
from .test_modules import tasks_of
from .test_secrets import assert_absent, secrets
from .ways import WORKER, Hosts, assert_same, play

SERVER = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
PRIVILEGE_SEPARATION = Path("/run/sshd")
CONFIGURATION = """
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
"""
CLIENT = (
    "-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o ControlPersist=5s -o ControlMaster=auto"
)


@pytest.fixture
def ssh(user: User) -> t.Iterator[Hosts]:
    """A host behind a server of its own, which knows one key."""
    if not SERVER or not shutil.which("ssh-keygen"):
        pytest.skip("this machine has no sshd")
    folder = user.home / "server"
    folder.mkdir()
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "configuration").write_text(CONFIGURATION.format(port=port, folder=folder), encoding="utf-8")
    with served(folder / "configuration", port):
        yield {"ssh": host_variables(folder / "user", port)}


@contextlib.contextmanager
def served(configuration: Path, port: int) -> t.Iterator[None]:
    if os.geteuid() == 0:
        PRIVILEGE_SEPARATION.mkdir(exist_ok=True)
    with subprocess.Popen([str(SERVER), "-D", "-e", "-f", str(configuration)], stderr=subprocess.DEVNULL) as server:
        try:
            await_port(port)
            yield
        finally:
            server.terminate()


def await_port(port: int) -> None:
    for _attempt in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    pytest.fail("sshd does not answer")


def host_variables(key: Path, port: int) -> dict[str, t.Any]:
    return {
        "ansible_connection": "ssh",
        "ansible_host": "127.0.0.1",
        "ansible_port": port,
        "ansible_user": getpass.getuser(),
        "ansible_ssh_private_key_file": str(key),
        "ansible_ssh_args": CLIENT,
    }


@pytest.mark.once
def test_modules_do_the_same_over_ssh(member: User, simulator: Simulator, ssh: Hosts) -> None:
    tasks = tasks_of(simulator)
    member.file("extra.yml", "wrong: wr0ng\nnothing: ~\n")
    path = {name: value for name, value in simulator.environment.items() if "CLIENT" not in name}
    shared = {"group/qlikops.cloud.qlik": {"cache_dir": str(member.home / "tokens")}}
    del tasks["defaults"]  # sets defaults of its own
    outcome = play(
        member,
        list(tasks.values()),
        {**WORKER, **ssh},
        "-vvvvv",
        "-e",
        "@extra.yml",
        environment=path,
        module_defaults=shared,
    )
    assert_same(outcome, tasks)
    assert "SSH: EXEC" in outcome.output
    assert simulator.record.count("POST", "/oauth/token") == 2  # a right one and a wrong one
    assert_absent(secrets(simulator), member, outcome.output)
