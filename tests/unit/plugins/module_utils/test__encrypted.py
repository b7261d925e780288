# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._encrypted import Edit


def test_an_edit_shows_no_secret() -> None:
    assert "s3cret" not in repr(Edit(("a",), {"b": 1}, {"c": "s3cret"}))
