# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A connection that is not local to Ansible, and yet leads to this machine. Found by ANSIBLE_CONNECTION_PLUGINS."""

from __future__ import annotations

from ansible.plugins.connection import local

DOCUMENTATION = """
name: elsewhere
short_description: Another machine that needs none
description:
  - Runs commands on the controller, as P(ansible.builtin.local#connection) does, without privilege escalation.
author:
  - qlikops.cloud contributors (@qlikops)
options: {}
extends_documentation_fragment:
  - connection_pipelining
"""


class Connection(local.Connection):
    transport = "elsewhere"
