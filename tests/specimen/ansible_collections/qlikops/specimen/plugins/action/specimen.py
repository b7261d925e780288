# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action plugin: the specimen inside the worker process."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.plugin_utils._action import OperationAction
from ansible_collections.qlikops.specimen.plugins.module_utils.specimen import OPERATION


class ActionModule(OperationAction):
    operation = OPERATION
