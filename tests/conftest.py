# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let a bare `.venv/bin/pytest` find the collection and ansible's programs as `make test` does."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tools.environment import variables

_settings = variables(Path(sys.prefix))
if os.environ.get("ANSIBLE_HOME") != _settings["ANSIBLE_HOME"]:
    os.environ.update(_settings)
