# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Text of customers for those who would take it for a template. Private to this collection.

ansible-rulebook hands events to playbooks as extra variables, and Ansible fills in every template that these hold.
"""

from __future__ import annotations

import re
import typing as t

_OPENING = re.compile(r"\{(?=[{%#]|$)")  # at the end, what follows may go on with it
_CONTROL = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]")  # they colour terminals, and forge lines of logs
_HEADER = "#jinja2:"  # at the beginning of a text it gives templates other delimiters


def harmless(value: t.Any) -> t.Any:
    """A value in types of JSON, in whose texts a space breaks up what opens a template and replaces control signs."""
    if isinstance(value, dict):
        return {key: harmless(part) for key, part in value.items()}
    if isinstance(value, list):
        return [harmless(part) for part in value]
    if not isinstance(value, str):
        return value
    text = _OPENING.sub("{ ", _CONTROL.sub(" ", value))
    return f" {text}" if text.startswith(_HEADER) else text
