# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entry point of `python -m simulator`."""

from __future__ import annotations

import sys

from .command import main

sys.exit(main())
