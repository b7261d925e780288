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

LOOKUPS = "ansible_collections.qlikops.cloud.plugins.plugin_utils._play"  # what they load
PLAYS = "ansible.executor.playbook_executor"


def warm_up() -> None:
    """Make ready for workers, with as much as there is: requests and cryptography may be missing."""
    from ansible_collections.qlikops.cloud.plugins.module_utils import _exchange, _sealing, _trust_store
    from ansible_collections.qlikops.cloud.plugins.plugin_utils import _run_memory

    importlib.import_module(LOOKUPS)
    if _exchange.REQUESTS_PROBLEM is None:
        with contextlib.suppress(QlikError):
            _trust_store.trusted(from_environment("ca_path"))
    if _sealing.HAS_CRYPTOGRAPHY:
        _sealing.seal(b"", "")
    _run_memory.warm_up()


def warm_up_for_plays() -> None:
    """The same where a play is to follow, and nothing where an inventory alone is wanted."""
    if PLAYS in sys.modules:
        warm_up()
