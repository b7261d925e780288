# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of the event source, checked without Ansible. Private to this collection."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import (
    CONNECTION_ARGUMENTS,
    Arguments,
    from_environment,
    variable_of,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import DIRECT
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._option_names import known_only

ARGUMENTS: Arguments = {
    **CONNECTION_ARGUMENTS,
    "organization": {"type": "str"},
    "expect_at_least": {"type": "int", "default": 0},
    "poll_interval": {"type": "int", "default": 60, "range": (1, 86400)},
    "license_ends_within": {"type": "days", "default": (90, 30, 7)},
    "tell_again_within": {"type": "int", "default": 300, "range": (0, 86400)},
    "state_file": {"type": "path"},
    "feedback": {"type": "bool", "default": False},
}
OF_INVENTORY = ("statuses", "regions", "subscriptions", "filters")
_OF_RULEBOOK = (*DIRECT, "feedback")  # a credential of the environment is looked for later; the engine reads feedback


def settled(arguments: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """All options, from the rulebook, else the environment, else by default. Raises ConfigurationError.

    A credential in the environment comes after the credentials file, and is looked for later.
    """
    for name in OF_INVENTORY:
        if name in arguments:
            raise ConfigurationError(
                f"{name} is an option of the inventory; the event source watches all tenants, and the conditions of "
                "rules select, such as event.tenant.region == 'us'."
            )
    known_only(arguments, ARGUMENTS, "The event source")
    return {name: _settled(name, arguments.get(name), argument) for name, argument in ARGUMENTS.items()}


def _settled(name: str, value: t.Any, argument: dict[str, t.Any]) -> t.Any:
    place = f"The option {name}"
    if value is None or value == "":
        value, place = None if name in _OF_RULEBOOK else from_environment(name), variable_of(name)
    if value is None:
        return argument.get("default")
    try:
        value = _TYPES[argument["type"]](value)
    except (TypeError, ValueError):
        raise ConfigurationError(f"{place} must be {_MEANT[argument['type']]}.") from None
    least, most = argument.get("range", (value, value))
    if not least <= value <= most:
        raise ConfigurationError(f"{place} must be from {least} to {most}, not {value}.")
    if value not in argument.get("choices", (value,)):
        raise ConfigurationError(f"{place} must be one of {', '.join(argument['choices'])}.")
    return value


def _text(value: t.Any) -> str:
    if isinstance(value, (bool, list, dict)):
        raise TypeError
    return str(value)


def _number(value: t.Any) -> int:
    if isinstance(value, (bool, float)):
        raise TypeError
    return int(value)


def _days(value: t.Any) -> tuple[int, ...]:
    """Several numbers of days, as a list or with commas between them."""
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, (list, tuple)) else [value]
    days = tuple(map(_number, parts))
    if min(days, default=0) < 0:
        raise ValueError
    return days


def _path(value: t.Any) -> str:
    return os.path.expanduser(_text(value))


def _boolean(value: t.Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


_TYPES: dict[str, t.Callable[[t.Any], t.Any]] = {
    "str": _text,
    "int": _number,
    "days": _days,
    "path": _path,
    "bool": _boolean,
}
_MEANT = {
    "str": "text",
    "int": "a whole number",
    "days": "a list of whole numbers of days",
    "path": "a path",
    "bool": "true or false, not a template",
}
