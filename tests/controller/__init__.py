# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A controller (AWX 24.6) on loopback, and what it makes of credentials and inventories."""

from .controller import Controller

__all__ = ["Controller"]
