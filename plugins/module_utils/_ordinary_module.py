# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs an operation as an ordinary module. Private to this collection."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import remove_values

from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Operation


def run_module(operation: Operation) -> None:
    """Do what a module's main does: read the arguments, work, print the result, exit."""
    module = AnsibleModule(operation.arguments, supports_check_mode=True, **operation.rules)

    def warn(sentence: str) -> None:
        # from 2.19 on, ansible masks secrets in results but not in their warnings
        module.warn(remove_values(sentence, module.no_log_values))

    outcome = operation.outcome(Invocation(module.params, module.check_mode, module._diff, None, warn))
    if outcome.get("failed"):
        module.fail_json(**outcome)
    module.exit_json(**outcome)
