# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each operation in the worker process and as an ordinary module: the results are the same, whole."""

from __future__ import annotations

import typing as t

import pytest

from .conftest import User
from .ways import BOTH, Task, assert_same, play

SECRET = "sp3cimen-s3cret-value"
HIDDEN = "{{ hidden }}"  # from 2.19 on, ansible shows the lines of a playbook around a task that fails


def specimen(keywords: Task | None = None, **options: t.Any) -> Task:
    return {"qlikops.specimen.specimen": options, **(keywords or {})}


SPECIMENS: dict[str, Task] = {
    "defaults": specimen(),
    "options": specimen(text="ä 'quoted' \"text\"", items=["a", "b"], part={"name": "n"}),
    "conversions": specimen(text=42, number="7", items="a,b"),
    "a boolean": specimen(flag="yes"),
    "a secret": specimen(text=f"before {HIDDEN} after", secret=HIDDEN),
    "a secret in a part": specimen(part={"name": HIDDEN, "password": HIDDEN}),
    "a secret that looks like a number": specimen(number=1234567, secret="1234567"),
    "a change": specimen(change=True),
    "check mode": specimen({"check_mode": True}, change=True),
    "diff mode": specimen({"diff": True}, text="b", secret=HIDDEN),
    "environment": specimen({"environment": {"SPECIMEN": "set by the task"}}),
    "environment of other types": specimen({"environment": {"SPECIMEN": 42}}),
    "a warning": specimen(warning="Mind the gap."),
    "a warning with a secret": specimen(warning=f"Mind {HIDDEN}.", secret=HIDDEN),
    "a deprecated alias": specimen(old=3),
    "a deprecated option": specimen(former="x"),
    "an option and its alias": specimen(text="a", words="b"),
    "a failure": specimen(failure="configuration"),
    "a failure with facts": specimen(failure="not_found", warning="Before the fall."),
    "an unknown option": specimen(txt="a"),
    "an unknown option in a part": specimen(part={"nme": "n"}),
    "a missing option in a part": specimen(part={}),
    "a wrong type": specimen(number="seven"),
    "a wrong type with a secret": specimen(number=f"seven {HIDDEN}", secret=HIDDEN),
    "a wrong choice": specimen(failure="none"),
    "exclusive options": specimen(number=1, flag=True),
    "an option out of range": specimen(timeout=0),
    "no credential": specimen(host="h.eu.qlikcloud.com"),
    "a loop": {**specimen(text="{{ item }}"), "loop": ["a", "b"]},
    "a skipped task": {**specimen(), "when": False},
    "no_log": specimen({"no_log": True}, text="hidden"),
    "a confidential result": specimen(text="confidential"),
    "a confidential result in a loop": {**specimen(text="{{ item }}"), "loop": ["confidential", "b"]},
    "retries": {**specimen(failure="configuration"), "retries": 1, "delay": 0, "until": False},
}


@pytest.mark.long
def test_the_specimen_is_the_same_both_ways(member: User) -> None:
    hidden = member.file("hidden.yml", f"hidden: {SECRET}\n")
    outcome = play(member, list(SPECIMENS.values()), BOTH, "-v", "-e", f"@{hidden}")
    assert_same(outcome, SPECIMENS)
    assert outcome.lines("worker") == outcome.lines("elsewhere")
    assert SECRET not in outcome.output
    results = dict(zip(SPECIMENS, outcome.results["worker"], strict=True))
    assert results["defaults"]["echo"]["text"] == "a text"
    assert results["check mode"]["check_mode"] is True
    assert results["diff mode"]["diff"]["after"] == "b ********\n"
    assert results["environment"]["environment"] == "set by the task"
    assert results["a secret"]["echo"]["text"] == "before ******** after"
    assert results["a failure with facts"]["error"]["status"] == 404
    assert results["a warning"]["warnings"] == ["Mind the gap."]
    assert results["a confidential result"]["echo"]["text"] == "confidential"
    assert '"confidential"' not in outcome.done.stdout
