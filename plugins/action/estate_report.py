# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Action of the module estate_report."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from ansible_collections.qlikops.cloud.plugins.module_utils._operations.estate_report import ESTATE_REPORT, work
from ansible_collections.qlikops.cloud.plugins.plugin_utils._action import OperationAction
from ansible_collections.qlikops.cloud.plugins.plugin_utils._estate_page import page


class ActionModule(OperationAction):
    operation = replace(ESTATE_REPORT, work=partial(work, render=page))
