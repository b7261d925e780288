# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as a turn of a play."""

from __future__ import annotations

import pytest

from benchmarks.organization import Asked
from benchmarks.play import Play
from benchmarks.workplace import BenchmarkError, Run

RECAP = "one : ok={ok}    changed=0    unreachable=0    failed=0    skipped=0\n"


class Place:
    """Where each run ends well and prints this."""

    def __init__(self, folder, printed):
        self.folder = folder
        self.printed = printed

    def file(self, name, text):
        (self.folder / name).write_text(text)

    def run(self, output, *command):
        output.write_text(self.printed)
        return Run(1.0, 1.0)


class Service:
    """A service that was asked for so many tenants."""

    def __init__(self, reads):
        self.reads = reads

    def forget(self):
        pass

    def asked(self):
        return Asked(self.reads, 0, self.reads, 0)


def play(folder, ok, reads):
    return Play(Place(folder, RECAP.format(ok=ok)), Service(reads), hosts=1)


def test_a_turn_counts_when_the_task_succeeded_on_each_host(tmp_path):
    assert play(tmp_path, ok=1, reads=1).in_worker().asked.reads == 1


@pytest.mark.parametrize(("ok", "reads"), [(0, 1), (1, 0), (1, 2)])
def test_a_turn_that_did_less_or_more_is_no_measurement(tmp_path, ok, reads):
    with pytest.raises(BenchmarkError, match=f"succeeded on {ok} of 1 hosts, by {reads} reads"):
        play(tmp_path, ok, reads).ordinary()
