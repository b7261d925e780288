# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credential books, and what is looked for in them, for tests of several rooms."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import CONSOLE_URL
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target

SECRET = "cl1ent-s3cret-0123456789"
CONSOLE = Target.of(CONSOLE_URL, CONSOLE_URL)
NORTH = Target.of("https://north.us.qlikcloud.com", CONSOLE_URL)
Options = dict[str, Any]


def owned(source: str, **fields: Any) -> Options:
    """An entry whose client is named by its source."""
    return {**fields, "client_id": source, "client_secret": f"{SECRET} {source}"}


def book(source: str) -> Options:
    """A book that opens the console and the region us."""
    return {"organization": owned(source), "regions": [owned(source, region="us")]}


def refusal(found: Any, target: Target) -> str:
    """Why no credential opens the target; shows no secret."""
    with pytest.raises(ConfigurationError) as caught:
        found.find(target)
    assert SECRET not in str(caught.value)
    return str(caught.value)
