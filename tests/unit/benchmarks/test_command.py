# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command `python -m benchmarks`."""

from __future__ import annotations

import pytest

from benchmarks import command
from benchmarks.report import Figure
from benchmarks.workplace import BenchmarkError
from tools.environment import PreparationError

MISSED = Figure("study", "requests", 2, "requests", 1)


def measure(monkeypatch, tmp_path, result, *options):
    def study(**size):
        if isinstance(result, BaseException):
            raise result
        return [result]

    def lists(sizes):
        return study()

    monkeypatch.setattr(command.listing, "lists", lists)
    for part, name in ((command.play, "one_task"), (command.fleet, "one_call"), (command.events, "polling")):
        monkeypatch.setattr(part, name, study)
    monkeypatch.setattr(command.signal, "signal", lambda number, handler: None)
    return command.main([*options, "--json", str(tmp_path / "bench.json")])


@pytest.mark.parametrize(("options", "code"), [([], 0), (["--check"], 1)])
def test_a_missed_goal_fails_only_a_check(monkeypatch, tmp_path, capsys, options, code):
    assert measure(monkeypatch, tmp_path, MISSED, *options) == code
    assert "MISSED" in capsys.readouterr().out


@pytest.mark.parametrize("kind", [BenchmarkError, PreparationError])
def test_what_cannot_be_measured_is_said(monkeypatch, tmp_path, capsys, kind):
    assert measure(monkeypatch, tmp_path, kind("ansible-inventory ended with 4"), "--check") == 2
    assert capsys.readouterr().err == "benchmarks: ansible-inventory ended with 4\n"


@pytest.mark.parametrize("came", [True, False])
def test_a_clean_up_that_an_interrupt_breaks_is_an_interrupt(monkeypatch, tmp_path, capsys, came):
    monkeypatch.setattr(command._Interrupts, "came", came, raising=False)
    monkeypatch.setattr(command._Interrupts, "__init__", lambda interrupts: None)
    if came:
        assert measure(monkeypatch, tmp_path, OSError(9, "Bad file descriptor")) == 130
        assert capsys.readouterr().err == "benchmarks: interrupted\n"
    else:
        with pytest.raises(OSError, match="Bad file"):
            measure(monkeypatch, tmp_path, OSError(9, "Bad file descriptor"))


def test_turns_are_positive(capsys):
    with pytest.raises(SystemExit, match="2"):
        command.main(["--turns", "0"])
    assert "--turns must be at least 1" in capsys.readouterr().err
