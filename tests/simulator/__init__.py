# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stateful Qlik Cloud on loopback, reached through an HTTPS proxy under its real host names."""

from .faults import Fault
from .simulator import Simulator

__all__ = ["Fault", "Simulator"]
