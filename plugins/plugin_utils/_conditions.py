# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The ordered include and exclude conditions of an inventory source. Private to this collection."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

import yaml

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError

INCLUDE, EXCLUDE = "include", "exclude"


@dataclass(frozen=True)
class Condition:
    """An expression, and what becomes of the tenants it holds for."""

    action: str
    expression: str | bool


def conditions(option: t.Any) -> list[Condition]:
    """The conditions of the option filters; a text, from the environment, is read as YAML.

    Raises ConfigurationError.
    """
    rows = _from_text(option) if isinstance(option, str) else option
    if rows is None:
        return []
    if not isinstance(rows, list):
        raise ConfigurationError("The option filters must be a list of conditions.")
    return [_condition(row, number) for number, row in enumerate(rows, start=1)]


def verdict(rows: t.Iterable[Condition], holds: t.Callable[[str | bool], bool]) -> Condition | None:
    """The first condition that holds; None when none does, which includes the tenant."""
    return next((row for row in rows if holds(row.expression)), None)


def _condition(row: t.Any, number: int) -> Condition:
    if not isinstance(row, dict) or len(row) != 1 or next(iter(row)) not in (INCLUDE, EXCLUDE):
        raise ConfigurationError(
            f"Entry {number} of the option filters must be one of include or exclude with an expression."
        )
    action, expression = next(iter(row.items()))
    if not isinstance(expression, (str, bool)):
        raise ConfigurationError(
            f"Entry {number} of the option filters has an expression that is neither text nor a boolean."
        )
    return Condition(str(action), expression)


def _from_text(text: str) -> t.Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        raise ConfigurationError("The option filters (QLIK_FILTERS) is no valid YAML.") from None
