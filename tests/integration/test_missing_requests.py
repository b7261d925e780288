# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Without `requests` every surface says which Python lacks it and how to install it, and the run fails."""

from __future__ import annotations

import sys

import pytest

from .conftest import User
from .ways import BOTH, ELSEWHERES_PYTHON, play

PYTHONS = {"worker": sys.executable, "elsewhere": ELSEWHERES_PYTHON}
ABSENT = "raise ModuleNotFoundError(\"No module named 'requests'\", name='requests')\n"
LOOKUP = """
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.debug: {msg: "{{ lookup('qlikops.cloud.oauth_token') }}"}
"""


def sentence(python: str) -> str:
    return (
        f"The Python package requests is missing for {python}: "
        f"install it with '{python} -m pip install --upgrade requests'."
    )


@pytest.fixture
def without_requests(member: User) -> User:
    (member.home / "shadow").mkdir()
    (member.home / "shadow" / "requests.py").write_text(ABSENT, encoding="utf-8")
    member.environment["PYTHONPATH"] = str(member.home / "shadow")
    return member


def test_action_and_module(without_requests: User) -> None:
    outcome = play(without_requests, [{"qlikops.cloud.tenant_info": {}}], BOTH)
    for host, (result,) in outcome.results.items():
        assert result["failed"]
        assert result["msg"] == sentence(PYTHONS[host])
        assert result["error"] == {"kind": "missing_library"}


def test_a_task_that_fails_ends_the_run(without_requests: User) -> None:
    play_file = "- {hosts: localhost, gather_facts: false, tasks: [{qlikops.cloud.oauth_token: {}}]}"
    done = without_requests.run("ansible-playbook", without_requests.file("play.yml", play_file))
    assert done.returncode == 2
    assert sentence(sys.executable) in " ".join(done.stdout.split())


def test_lookup(without_requests: User) -> None:
    done = without_requests.run("ansible-playbook", without_requests.file("play.yml", LOOKUP))
    assert done.returncode == 2
    assert sentence(sys.executable) in " ".join((done.stdout + done.stderr).split())


def test_inventory(without_requests: User) -> None:
    done = without_requests.run("ansible-inventory", "-i", without_requests.source, "--list")
    assert done.returncode == 1
    # older versions of ansible break lines also behind a hyphen in the path
    assert "".join(sentence(sys.executable).split()) in "".join(done.stderr.split())
