# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of all tenants: kept and fetched, near and far, small and large, beside a script, core's way and a peer."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks import walk
from benchmarks.inventory import (
    BUILT,
    BUILT_BY_CORE,
    COLD,
    NAMED,
    PEER,
    PEER_BUILT,
    SCRIPT,
    SUBSCRIPTIONS,
    WARM,
    Inventory,
    Source,
    inventory,
)
from benchmarks.organization import PAGE
from benchmarks.report import Figure, median, ratio, worst
from benchmarks.turns import Turn, alternate, seconds
from benchmarks.workplace import BenchmarkError, Run

FAR = 50  # milliseconds
JUDGED = 10_000  # tenants; the goals are for so many
LARGEST = 50_000
KEPT_GOAL, BUILT_GOAL, CORE_GOAL, BESIDE_GOAL, GROWTH_GOAL = 1.10, 1.5, 1 / 5, 0.2, 5.5
NEAR_GOAL, MEMORY_GOAL = 1.3, 1.3
FEWEST = 1_000  # tenants; with less, Ansible's own start is most of what a fetched list takes

SCRIPT_NAME, OUR_NAME = "script", "source"
BUILT_NAME, CORE_NAME, NAMED_NAME = "source, 5 entries", "5 entries by core", f"{SUBSCRIPTIONS} subscriptions named"
KEPT = {SCRIPT_NAME: SCRIPT, OUR_NAME: WARM, BUILT_NAME: BUILT, CORE_NAME: BUILT_BY_CORE, "peer, 5 entries": PEER_BUILT}
FETCHED = {SCRIPT_NAME: SCRIPT, OUR_NAME: COLD, NAMED_NAME: NAMED, "peer": PEER}


Goals = Mapping[str, float]


@dataclass(frozen=True)
class Size:
    """So many tenants, measured so many times."""

    tenants: int
    turns: int

    def goal(self, limit: float) -> float | None:
        """A limit that applies to one size."""
        return limit if self.tenants == JUDGED else None

    @property
    def memory(self) -> Goals:
        return {f"{OUR_NAME}, peak memory / {SCRIPT_NAME}": MEMORY_GOAL} if self.tenants == JUDGED else {}

    def requests(self, lists: int) -> int:
        """The most that so many lists take together, each with a last page that is not full, and one for the token."""
        return -(-self.tenants // PAGE) + lists


def lists(sizes: Mapping[int, int]) -> Iterator[Figure]:
    """All studies for each number of tenants, by turns; how they grow in the end."""
    seen: dict[int, list[Figure]] = {}
    for size in (Size(tenants, turns) for tenants, turns in sizes.items()):
        with inventory(size.tenants, 0, [*KEPT.values(), *FETCHED.values()]) as near:
            fetched = {f"{OUR_NAME} / {SCRIPT_NAME}": NEAR_GOAL} if size.tenants >= FEWEST else {}
            seen[size.tenants] = [*_kept(near, size), *_fetched(near, size, "no latency", fetched)]
        yield from seen[size.tenants]
        with inventory(size.tenants, FAR, FETCHED.values()) as far:
            yield from _fetched(far, size, f"{FAR} ms latency", {})
            yield from _until_the_last_page(far, size)
    yield from _growth(seen.get(JUDGED, []), seen.get(LARGEST, []))


def _kept(prepared: Inventory, size: Size) -> Iterator[Figure]:
    """With the list in Ansible's inventory cache."""
    study = f"ansible-inventory --list, {size.tenants:,} tenants in the inventory cache, median of {size.turns}"
    goals = {f"{OUR_NAME}, requests": 0, f"{BUILT_NAME}, requests": 0, **size.memory}
    goals |= {f"{OUR_NAME} / {SCRIPT_NAME}": KEPT_GOAL} if size.tenants == JUDGED else {}
    figures = list(_compared(study, prepared, KEPT, size.turns, goals))
    yield from figures
    found = {figure.name: figure for figure in figures}
    plain, ours, core = (found[name] for name in (OUR_NAME, BUILT_NAME, CORE_NAME))
    yield ratio(f"{BUILT_NAME} / without them", ours, plain, size.goal(BUILT_GOAL))
    yield ratio(f"{BUILT_NAME} / {CORE_NAME}", ours, core)
    more, cores_more = (Figure(study, figure.name, figure.value - plain.value, "s") for figure in (ours, core))
    yield ratio(f"what 5 entries add / {CORE_NAME}", more, cores_more, size.goal(CORE_GOAL))


def _fetched(prepared: Inventory, size: Size, distance: str, goals: Goals) -> Iterator[Figure]:
    """Without a list and without a token."""
    study = f"ansible-inventory --list, {size.tenants:,} tenants fetched, {distance}, median of {size.turns}"
    asked = {f"{OUR_NAME}, requests": size.requests(1), f"{NAMED_NAME}, requests": size.requests(SUBSCRIPTIONS)}
    yield from _compared(study, prepared, FETCHED, size.turns, {**asked, **size.memory, **goals})


def _compared(
    study: str, prepared: Inventory, sources: Mapping[str, Source], turns: int, goals: Goals
) -> Iterator[Figure]:
    """Each source beside the script; goals are limits by the name of a figure."""
    contestants = {name: functools.partial(prepared.turn, source) for name, source in sources.items()}
    results = dict(zip(sources, alternate(contestants, turns), strict=True))
    script, most = _time_and_memory(study, SCRIPT_NAME, results.pop(SCRIPT_NAME))
    yield from (script, most)
    for name, taken in results.items():
        spent, peak = _time_and_memory(study, name, taken)
        requests = worst(study, f"{name}, requests", (turn.asked.all for turn in taken), "requests")
        ratios = [
            ratio(f"{figure.name} / {SCRIPT_NAME}", figure, floor) for figure, floor in ((spent, script), (peak, most))
        ]
        yield from (replace(figure, limit=goals.get(figure.name)) for figure in (spent, peak, requests, *ratios))


def _time_and_memory(study: str, name: str, turns: list[Turn]) -> tuple[Figure, Figure]:
    return seconds(study, name, turns), median(study, f"{name}, peak memory", (turn.run.peak for turn in turns), "MiB")


def _until_the_last_page(prepared: Inventory, size: Size) -> Iterator[Figure]:
    study = f"until the last page is in, {size.tenants:,} tenants, {FAR} ms latency, median of {size.turns}"
    named = prepared.organization.subscriptions()
    contestants = {"one list": lambda: _walk(prepared), NAMED_NAME: lambda: _walk(prepared, *named)}
    plain, beside = alternate(contestants, size.turns)
    ours, theirs = seconds(study, NAMED_NAME, beside), seconds(study, "one list, page by page", plain)
    yield from (theirs, ours, ratio(f"{ours.name} / one list", ours, theirs, size.goal(BESIDE_GOAL)))


def _walk(prepared: Inventory, *subscriptions: str) -> Turn:
    """The seconds are those that the program prints, since it takes longer to start than to fetch."""
    output = prepared.place.folder / "walked"
    prepared.organization.forget()
    run = prepared.place.run(output, str(Path(walk.__file__)), *subscriptions)
    spent, found = output.read_text(encoding="utf-8").split()
    if int(found) != prepared.tenants:
        raise BenchmarkError(f"the walk found {found} of {prepared.tenants} tenants")
    return Turn(Run(float(spent), run.peak), prepared.organization.asked())


def _growth(few: list[Figure], many: list[Figure]) -> Iterator[Figure]:
    """From 10,000 to 50,000, which are five times as many."""
    study = f"growth from {JUDGED:,} to {LARGEST:,} tenants"
    for small, large in zip(few, many, strict=False):
        if large.unit in ("s", "MiB"):
            kind = "kept" if "cache" in large.study else "fetched"
            yield Figure(study, f"{kind}: {large.name}", large.value / small.value, "x", _growth_goal(large))


def _growth_goal(figure: Figure) -> float | None:
    return GROWTH_GOAL if figure.name.startswith((OUR_NAME, NAMED_NAME)) else None
