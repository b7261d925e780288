# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._encrypted import Edit, only_here
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError


def test_an_edit_shows_no_secret() -> None:
    assert "s3cret" not in repr(Edit(("a",), {"b": 1}, {"c": "s3cret"}))


def test_elsewhere_no_file_is_opened() -> None:
    with pytest.raises(ConfigurationError, match="runs where Ansible runs, by its action plugin"):
        only_here("book.yml", 1)
