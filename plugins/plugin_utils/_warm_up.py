# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Loads and tries once what each worker would load and try anew, since Ansible forks one for each task.

Private to this collection, for the controller only.
"""

from __future__ import annotations

import contextlib
import importlib
import sys

from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import from_environment
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import QlikError

HOUSE = "ansible_collections.qlikops.cloud.plugins"
PLAYS = "ansible.executor.playbook_executor"


def warm_up() -> None:
    """Make ready for workers, with as much as there is: requests and cryptography may be missing."""
    exchange, sealing, trust_store, memory = (
        importlib.import_module(f"{HOUSE}.{room}")
        for room in (
            "module_utils._exchange",
            "module_utils._sealing",
            "module_utils._trust_store",
            "plugin_utils._run_memory",
        )
    )
    importlib.import_module(f"{HOUSE}.plugin_utils._play")
    if exchange.REQUESTS_PROBLEM is None:
        with contextlib.suppress(QlikError):
            trust_store.trusted(from_environment("ca_path"))
    if sealing.HAS_CRYPTOGRAPHY:
        sealing.seal(b"", "")
    memory.warm_up()


def warm_up_for_plays() -> None:
    """The same where a play is to follow, and nothing where an inventory alone is wanted."""
    if PLAYS in sys.modules:
        warm_up()
