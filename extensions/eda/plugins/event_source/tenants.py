# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Event source: what happens to the tenants of an organization."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

DOCUMENTATION = r"""
short_description: What happens to the tenants of a Qlik Cloud organization
"""

EXAMPLES = r"""
"""

PACKAGE = "ansible_collections.qlikops.cloud.plugins.module_utils"
ROOT = Path(__file__).absolute().parents[7]


async def main(queue: Any, args: dict[str, Any]) -> None:
    """Watch the tenants until cancelled."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    await importlib.import_module(f"{PACKAGE}._event_source").run(queue, args)
