# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plugin on core's own templar."""

from __future__ import annotations

import pytest

from benchmarks import inventory
from benchmarks.workplace import BenchmarkError


def test_it_is_the_plugin_with_another_name_and_templar():
    text = inventory.by_core()
    assert "choices: [by_core]" in text
    assert 'NAME = "by_core"' in text
    assert "QuickTemplar(" not in text
    assert inventory.OURS not in text


def test_a_plugin_that_cannot_be_put_on_it_is_no_contestant(tmp_path, monkeypatch):
    (tmp_path / "plugins" / "inventory").mkdir(parents=True)
    (tmp_path / "plugins" / "inventory" / "tenants.py").write_text("NAME = 'x'\n")
    monkeypatch.setattr(inventory, "ROOT", tmp_path)
    with pytest.raises(BenchmarkError, match="core's own templar"):
        inventory.by_core()
