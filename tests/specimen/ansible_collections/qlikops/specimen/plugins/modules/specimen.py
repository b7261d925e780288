# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Module: the specimen as an ordinary module."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._ordinary_module import run_module
from ansible_collections.qlikops.specimen.plugins.module_utils.specimen import OPERATION


def main() -> None:
    run_module(OPERATION)


if __name__ == "__main__":
    main()
