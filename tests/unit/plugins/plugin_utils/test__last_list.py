# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant
from ansible_collections.qlikops.cloud.plugins.plugin_utils._last_list import LastList


def test_what_is_kept_is_recalled_with_the_same_secret_alone(tmp_path: Path) -> None:
    tenants = [Tenant.from_api({"id": "T1", "name": "North"})]
    LastList(str(tmp_path / "cache"), "a", "s3cret").keep(tenants)
    recalled = LastList(str(tmp_path / "cache"), "a", "s3cret").recall(60)
    assert recalled is not None
    assert recalled[0] == tenants
    assert LastList(str(tmp_path / "cache"), "a", "another").recall(60) is None
    assert LastList(str(tmp_path / "none"), "a", "s3cret").recall(60) is None


def test_it_shows_no_secret() -> None:
    assert "s3cret" not in repr(LastList("folder", "a", "s3cret"))
