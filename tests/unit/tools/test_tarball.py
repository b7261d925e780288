# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as a complaint of galaxy-importer."""

from __future__ import annotations

from tools.tarball import findings

CLEAN = "Linting inventory tenants via flake8...\n...ansible-lint run complete\nno WARNING: here\n"


def test_a_warning_counts_though_the_importer_exits_with_0():
    minded = "WARNING: meta/runtime.yml:1: a rule", "ERROR: No changelog found."
    assert findings(0, f"{minded[0]}\n{CLEAN}{minded[1]}\n") == "\n".join(minded)


def test_a_crash_without_a_finding_counts():
    assert "exit code 1" in findings(1, "")
    assert "Traceback" in findings(1, "Traceback (most recent call last):")


def test_a_clean_import_leaves_nothing():
    assert findings(0, CLEAN) == ""
