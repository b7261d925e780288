# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import subprocess
import sys

import pytest

from tools.environment import COLLECTIONS, variables

LOADED = """
import sys
sys.path.insert(0, sys.argv[1])
if sys.argv[2] == "play":
    import ansible.executor.playbook_executor
from ansible_collections.qlikops.cloud.plugins.plugin_utils._warm_up import warm_up_for_plays
before = "requests" in sys.modules
warm_up_for_plays()
rooms = ("requests", "cryptography.fernet", "ansible_collections.qlikops.cloud.plugins.plugin_utils._play")
print(before, *(room in sys.modules for room in rooms))
"""


@pytest.mark.parametrize(("wanted", "loaded"), [("play", "False True True True"), ("inventory", "False False")])
def test_workers_find_loaded_what_they_need_where_plays_follow(wanted, loaded):
    command = [sys.executable, "-c", LOADED, str(COLLECTIONS), wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=variables())
    assert done.stdout.startswith(loaded), done.stderr


def test_what_is_missing_is_left_out(monkeypatch):
    from ansible_collections.qlikops.cloud.plugins.module_utils import _exchange, _sealing
    from ansible_collections.qlikops.cloud.plugins.plugin_utils._warm_up import warm_up

    monkeypatch.setattr(_exchange, "REQUESTS_PROBLEM", ImportError("requests"))
    monkeypatch.setattr(_sealing, "HAS_CRYPTOGRAPHY", False)
    monkeypatch.setattr(_sealing, "seal", None)
    warm_up()
