# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table and the JSON of the measurements."""

from __future__ import annotations

import json

import pytest

from benchmarks.report import Figure, median, ratio, table, worst, write_json

OURS = median("study", "source", [1.0, 9.0, 1.3], "s")
THEIRS = median("study", "script", [1.0, 1.0, 4.0], "s")


def test_a_slow_turn_does_not_move_the_median():
    assert (OURS.value, THEIRS.value) == (1.3, 1.0)
    assert OURS.samples == (1.0, 9.0, 1.3)


def test_of_requests_the_worst_turn_counts():
    assert worst("study", "requests", [0, 2, 1], "requests").value == 2


@pytest.mark.parametrize(("limit", "is_missed"), [(None, False), (1.3, False), (1.2, True)])
def test_a_goal_is_the_most_a_value_may_be(limit, is_missed):
    figure = ratio("source / script", OURS, THEIRS, limit)
    assert (figure.value, figure.is_missed) == (1.3, is_missed)


def test_the_table_has_a_block_for_each_study_and_marks_missed_goals():
    figures = [OURS, ratio("source / script", OURS, THEIRS, 1.2), Figure("other", "requests", 101, "requests", 101)]
    assert table(figures).splitlines() == [
        "study",
        "  source           1.30 s                          1.00 s to 9.00 s",
        "  source / script  1.30 x  MISSED: at most 1.20 x",
        "",
        "other",
        "  requests            101  at most 101",
    ]


def test_the_json_holds_values_goals_and_samples(tmp_path):
    path = tmp_path / "bench.json"
    write_json(path, {"python": "3.13.0"}, [OURS, ratio("source / script", OURS, THEIRS, 1.2)])
    written = json.loads(path.read_text())
    assert written["versions"] == {"python": "3.13.0"}
    assert [row["missed"] for row in written["figures"]] == [False, True]
    assert written["figures"][0]["samples"] == [1.0, 9.0, 1.3]
