# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from pathlib import Path

import yaml

from ansible_collections.qlikops.cloud.plugins.module_utils._exchange import USER_AGENT
from ansible_collections.qlikops.cloud.plugins.module_utils._version import VERSION

ROOT = Path(__file__).parents[4]


def test_version_is_that_of_the_collection() -> None:
    assert yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["version"] == VERSION


def test_version_is_told_to_the_service() -> None:
    assert f"qlikops.cloud/{VERSION}" == USER_AGENT
