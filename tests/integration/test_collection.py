# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which copy of the collection these tests are about."""

from __future__ import annotations

import json
import os
from pathlib import Path

from tools.environment import COLLECTIONS

from .conftest import User


def test_ansible_takes_the_collection_from_where_it_is_meant_to(user: User) -> None:
    meant = Path(os.environ.get("TESTED_COLLECTIONS_PATH", COLLECTIONS)).resolve()
    done = user.run("ansible-doc", "-t", "inventory", "qlikops.cloud.tenants", "--json")
    taken = Path(json.loads(done.stdout)["qlikops.cloud.tenants"]["doc"]["filename"])
    assert taken.resolve() == (meant / "ansible_collections/qlikops/cloud/plugins/inventory/tenants.py").resolve()
