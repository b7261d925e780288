# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make matrix` reads from pytest, and what it tells."""

from __future__ import annotations

import pytest

from tools.results import Part, Result, complaints, of_pytest, table, total, whole


@pytest.mark.parametrize(
    ("code", "last_line", "passed", "failed"),
    [
        (0, "905 passed, 2 skipped in 61.20s (0:01:01)", 905, 0),
        (1, "==== 3 failed, 902 passed, 1 error in 70.01s ====", 902, 4),
        (1, "2 errors in 0.42s", 0, 2),
        (5, "no tests ran in 0.01s", 0, 1),
        (3, "INTERNALERROR> KeyboardInterrupt", 0, 1),
    ],
)
def test_an_exit_code_other_than_0_is_at_least_one_failure(code, last_line, passed, failed):
    assert of_pytest(code, f"7 passed in the tests' own output\n{last_line}\n") == Part(passed, failed)


def test_the_table_shows_which_part_of_which_core_failed():
    good = Result("2.16 on Python 3.12", 130.4, {"units": Part(900, 0), "sanity": whole(True)})
    bad = Result("2.21 on Python 3.14", 9, {"units": Part(890, 10), "sanity": Part(0, 0)})
    assert table([good, Result("2.18"), bad]) == [
        "                     units   sanity   seconds  tests",
        "2.16 on Python 3.12  passed  passed   130      901 passed, 0 failed",
        "2.18                 -       -        0        SKIPPED",
        "2.21 on Python 3.14  FAILED  SKIPPED  9        890 passed, 10 failed",
    ]
    assert total([good, Result("2.18"), bad]) == "1791 passed, 10 failed"


def test_the_end_names_each_test_that_failed_and_each_part_that_knows_no_tests():
    output = "E   assert 1 == 2\nFAILED tests/a.py::test_a - assert 1 == 2\nERROR tests/b.py\n1 failed, 1 error in 2s"
    bad = Result(
        "2.21 on Python 3.14", 9, {"units": Part(9, 0), "integration": of_pytest(1, output), "sanity": whole(False)}
    )
    assert complaints([Result("2.16", 1, {"units": Part(9, 0)}), bad]) == [
        "2.21 on Python 3.14 integration: FAILED tests/a.py::test_a - assert 1 == 2",
        "2.21 on Python 3.14 integration: ERROR tests/b.py",
        "2.21 on Python 3.14 sanity: FAILED",
    ]
