# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options as modules declare them. Private to this collection.

QLIK_ variables stand in for options that a task leaves out; an empty one counts as unset. Those of credentials and of
credentials_file are read on the controller alone, where it is decided which credential a host may see.
"""

from __future__ import annotations

import os
import typing as t

from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import DIRECT, PROOFS
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import DEFAULTS
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import CONSOLE_URL
from ansible_collections.qlikops.cloud.plugins.module_utils._token_store import KINDS

PREFIX = "QLIK_"
PATHS = ("ca_path", "cache_dir")
SETTINGS = ("console_url", "timeout", "retries", "max_wait", "token_cache")

Arguments = dict[str, dict[str, t.Any]]


def variable_of(option: str) -> str:
    """The environment variable that stands in for an option."""
    return PREFIX + option.upper()


def from_environment(option: str) -> str | None:
    """What the environment says about an option, None when it says nothing."""
    value = os.environ.get(variable_of(option), "")
    return value if value.strip() else None


def fallback(option: str) -> str:
    """What an argument spec calls to fill an option in from its variable."""
    value = from_environment(option)
    if value is None:
        # not loaded by what runs without Ansible
        from ansible.module_utils.common.parameters import AnsibleFallbackNotFound

        raise AnsibleFallbackNotFound
    return value


def _arguments() -> Arguments:
    credential = {name: {"type": "str", "no_log": name in PROOFS} for name in DIRECT}
    settings: Arguments = {
        "console_url": {"type": "str", "default": CONSOLE_URL},
        "ca_path": {"type": "path"},
        "timeout": {"type": "int", "default": int(DEFAULTS.timeout)},
        "retries": {"type": "int", "default": int(DEFAULTS.retries)},
        "max_wait": {"type": "int", "default": int(DEFAULTS.max_wait)},
        "token_cache": {"type": "str", "choices": list(KINDS), "default": KINDS[0], "no_log": False},
        "cache_dir": {"type": "path"},
    }
    for name, argument in settings.items():
        argument["fallback"] = (fallback, [name])
    return {**credential, "credentials_file": {"type": "str", "no_log": False}, **settings}


CONNECTION_ARGUMENTS = _arguments()
