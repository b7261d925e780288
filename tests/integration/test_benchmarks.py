# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m benchmarks` as `make bench` runs it: a dozen of ansible's programs, one after the other."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from tools.environment import ROOT
from tools.packaged import packaged_collections

pytestmark = pytest.mark.once


@pytest.fixture
def environment(tmp_path):
    """Settings of the caller that would break every run, and an empty folder for temporary files."""
    packaged_collections()  # which pip would not get with these settings
    (tmp_path / "tmp").mkdir()
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT / "tests"),
        "TMPDIR": str(tmp_path / "tmp"),
        "QLIK_STATUSES": "disabled",
        "REQUESTS_CA_BUNDLE": str(tmp_path / "missing.pem"),
        "ANSIBLE_INVENTORY_ENABLED": "ini",
    }


@pytest.mark.long
def test_a_quick_run_measures_everything(environment, tmp_path):
    results = tmp_path / "bench.json"
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--quick", "--json", results],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    figures = json.loads(results.read_text())["figures"]
    studies = [figure["study"] for figure in figures]
    for part in (
        "in the inventory cache",
        "fetched, no latency",
        "fetched, 50 ms latency",
        "until the last page is in",
    ):
        assert any(part in study for study in studies)
    requests = [(figure["name"], figure["value"]) for figure in figures if figure["unit"] == "requests"]
    kept, near, far = requests[:4], requests[4:7], requests[7:10]
    assert [count for _name, count in kept] == [0, 0, 0, 1]
    assert near == far == [("source, requests", 2), ("10 subscriptions named, requests", 11), ("peer, requests", 2)]
    play = [(figure["name"], figure["value"]) for figure in figures if "ansible-playbook" in figure["study"]]
    assert play[3:5] == [("reads a run", 5), ("token requests a run", 0)]
    shares = [figure["value"] for figure in figures if "look each minute" in figure["name"]]
    assert len(shares) == 1
    assert 0 < shares[0] < 1
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing(environment, tmp_path, number):
    program = [sys.executable, "-m", "benchmarks", "--quick", "--json", tmp_path / "bench.json"]
    pipe = subprocess.PIPE
    with subprocess.Popen(program, env=environment, stdout=pipe, stderr=pipe, text=True) as process:
        assert any("turn 1" in line for line in process.stdout)
        process.send_signal(number)
        assert process.communicate(timeout=20)[1] == "benchmarks: interrupted\n"
    assert process.returncode == 130
    assert [path.name for path in tmp_path.iterdir()] == ["tmp"]
    assert list((tmp_path / "tmp").iterdir()) == []
