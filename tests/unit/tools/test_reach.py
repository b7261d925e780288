# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files reach ansible."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.environment import ROOT
from tools.reach import reaches_ansible

COLLECTION = "ansible_collections.qlikops.cloud.plugins"


@pytest.mark.parametrize(
    ("text", "reaches"),
    [
        ("import ansible\n", True),
        ("import json, ansible.errors as errors\n", True),
        ("from ansible.errors import AnsibleError\n", True),
        ("def f():\n    from ansible import constants\n", True),
        ("import ansible_collections\nimport ansibles\n", False),
        ("# of ansible\nfrom __future__ import annotations\n", False),
        (f"from {COLLECTION}.module_utils._connection_options import (\n    options,\n)\n", True),
        (f"from {COLLECTION}.plugin_utils import (\n    _yaml_edit,\n    _core,\n)\n", True),
        (f"import {COLLECTION}.module_utils._errors\n", False),
        (f"from {COLLECTION}.module_utils import _http\n", False),
    ],
)
def test_what_is_imported_counts_and_what_that_imports(tmp_path: Path, text: str, reaches: bool) -> None:
    path = tmp_path / "test_something.py"
    path.write_text(text)
    assert reaches_ansible(path) is reaches


def test_each_plugin_reaches_ansible() -> None:
    for kind in ("action", "inventory", "lookup", "modules"):
        files = list((ROOT / "plugins" / kind).glob("[!_]*.py"))
        assert files
        assert all(map(reaches_ansible, files))
