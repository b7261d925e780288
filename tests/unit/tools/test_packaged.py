# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where collections come from that are not ours."""

from __future__ import annotations

import subprocess
import sys
import threading
import zipfile

import pytest

from tools import packaged
from tools.environment import PreparationError

PARTS = (
    "awx/awx/MANIFEST.json",
    "awx/awx/plugins/modules/project.py",
    "hetzner/hcloud/MANIFEST.json",
    "other/other/MANIFEST.json",
)


@pytest.fixture
def venv(tmp_path, monkeypatch):
    monkeypatch.setattr(packaged, "VENV", tmp_path)
    monkeypatch.setattr(packaged, "PLACE", tmp_path / "packaged")
    return tmp_path


@pytest.fixture
def calls(venv, monkeypatch):
    """Commands that were run; each one leaves a wheel."""
    made: list[list[str]] = []

    def run(command, **_options):
        made.append(command)
        with zipfile.ZipFile(f"{command[command.index('--dest') + 1]}/ansible.whl", "w") as wheel:
            for part in PARTS:
                wheel.writestr(f"ansible_collections/{part}", "{}")
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(packaged.subprocess, "run", run)
    return made


def test_two_collections_are_taken_and_nothing_else_left(venv, calls):
    assert packaged.packaged_collections() == venv / "packaged"
    assert (venv / "packaged" / "ansible_collections" / PARTS[1]).is_file()
    assert not (venv / "packaged" / "ansible_collections" / "other").exists()
    assert [path.name for path in venv.iterdir()] == ["packaged"]
    assert calls[0][:3] == [sys.executable, "-m", "pip"]
    assert packaged.packaged_collections() == venv / "packaged"
    assert len(calls) == 1


def test_a_half_made_folder_is_made_anew(venv, calls):
    (venv / "packaged" / "ansible_collections" / "awx").mkdir(parents=True)
    packaged.packaged_collections()
    assert (venv / "packaged" / "ansible_collections" / PARTS[0]).is_file()


def test_several_at_once(venv, calls):
    places = []
    threads = [threading.Thread(target=lambda: places.append(packaged.packaged_collections())) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert places == [venv / "packaged"] * 6
    assert [path.name for path in venv.iterdir()] == ["packaged"]


def test_without_a_download(venv, monkeypatch):
    failed = subprocess.CompletedProcess([], 1, "", "WARNING: slow\nERROR: no such version\n")
    monkeypatch.setattr(packaged.subprocess, "run", lambda *_command, **_options: failed)
    with pytest.raises(
        PreparationError, match=r"hetzner.hcloud 4.3.0 could not be had: .* \(ERROR: no such version\)\.$"
    ):
        packaged.packaged_collections()
    assert list(venv.iterdir()) == []
