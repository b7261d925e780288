# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is made of the turns of inventory sources."""

from __future__ import annotations

import pytest

from benchmarks import listing
from benchmarks.organization import Asked
from benchmarks.report import Figure
from benchmarks.turns import Turn
from benchmarks.workplace import BenchmarkError, Run

TOOK = {"inventory.py": 4.0, "warm.qlik.yml": 4.2, "built.qlik.yml": 5.2, "by_core.qlik.yml": 14.2}


class Inventory:
    """Where each source takes its time."""

    def turn(self, source):
        return Turn(Run(TOOK.get(source.file, 6.0), 50.0), Asked(7, 7, 0, 0))


@pytest.fixture
def kept():
    """What is made of kept lists, by name."""

    def figures(tenants):
        found = listing._kept(Inventory(), listing.Size(tenants, turns=3))
        return {figure.name: (round(figure.value, 3), figure.limit) for figure in found}

    return figures


def test_sources_are_compared_with_the_script_and_with_each_other(kept):
    found = kept(10_000)
    assert found["source / script"] == (1.05, 1.1)
    assert found["source, 5 entries / without them"] == (1.238, 1.5)
    assert found["source, 5 entries / 5 entries by core"] == (0.366, None)
    assert found["what 5 entries add / 5 entries by core"] == (0.1, 0.2)
    assert found["source, requests"] == (7, 0)
    assert found["source, peak memory / script"] == (1.0, 1.3)
    assert found["peer, 5 entries / script"] == (1.5, None)


def test_goals_of_time_and_memory_are_for_ten_thousand_tenants(kept):
    assert {name for name, (_value, limit) in kept(1_000).items() if limit is not None} == {
        "source, requests",
        "source, 5 entries, requests",
    }


def test_a_list_may_take_a_request_for_each_page_and_one_for_a_token():
    asked = {
        figure.name: figure.limit
        for figure in listing._fetched(Inventory(), listing.Size(1_050, turns=1), "near", {"source / script": 1.3})
        if figure.limit is not None
    }
    assert asked == {"source, requests": 12, "10 subscriptions named, requests": 21, "source / script": 1.3}


def test_growth_is_that_of_time_and_memory():
    few = [Figure("kept in the cache", "source", 2.0, "s"), Figure("fetched", "peer, peak memory", 10, "MiB")]
    many = [Figure("kept in the cache", "source", 12.0, "s"), Figure("fetched", "peer, peak memory", 40, "MiB")]
    grown = list(listing._growth(few, many))
    assert [(figure.name, figure.value, figure.limit) for figure in grown] == [
        ("kept: source", 6.0, 5.5),
        ("fetched: peer, peak memory", 4.0, None),
    ]
    assert grown[0].is_missed
    assert not list(listing._growth(few, []))


class Walked:
    """Where a walk prints so many tenants."""

    tenants = 20

    def __init__(self, folder, printed):
        self.folder, self.printed = folder, printed
        self.place = self.organization = self

    def forget(self):
        pass

    def asked(self):
        return Asked(1, 1, 0, 0)

    def run(self, output, *command):
        output.write_text(self.printed)
        return Run(9.0, 30.0)


def test_a_walk_lasts_as_long_as_it_says(tmp_path):
    assert listing._walk(Walked(tmp_path, "0.25 20\n")).run == Run(0.25, 30.0)
    with pytest.raises(BenchmarkError, match="found 19 of 20 tenants"):
        listing._walk(Walked(tmp_path, "0.25 19\n"))
