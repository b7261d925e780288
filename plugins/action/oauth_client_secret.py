# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: the module oauth_client_secret inside the worker process."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._operations.oauth_client_secret import OAUTH_CLIENT_SECRET
from ansible_collections.qlikops.cloud.plugins.plugin_utils._action import OperationAction


class ActionModule(OperationAction):
    operation = OAUTH_CLIENT_SECRET
