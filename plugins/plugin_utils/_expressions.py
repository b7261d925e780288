# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Evaluates the Jinja expressions of an inventory source for one host. Private to this collection."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import trusted
from ansible_collections.qlikops.cloud.plugins.plugin_utils._options import words_of

Variables = t.Mapping[str, t.Any]


@dataclass(frozen=True)
class Expressions:
    """compose is that of Constructable; complain is told of an expression that fails where that may be survived."""

    compose: t.Callable[[str, Variables], t.Any]
    complain: t.Callable[[str], None]

    def holds(self, condition: str | bool, variables: Variables) -> bool:
        """Whether a condition is true in Jinja's sense. Raises ConfigurationError when it cannot be told."""
        if isinstance(condition, bool):
            return condition
        try:
            value = self.compose(trusted(f"true if ({condition}) else false"), variables)
        except Exception as error:
            raise ConfigurationError(
                f"The condition {condition!r} of filters cannot be evaluated: {words_of(error)}. "
                "It must be an expression without braces over the host variables."
            ) from None
        return bool(boolean(value))

    def first_of(self, expressions: t.Iterable[str], variables: Variables) -> str | None:
        """The first result that is not empty, as text."""
        for expression in expressions:
            value = variables[expression] if expression in variables else self._value(expression, variables)
            if value and str(value).strip():
                return str(value)
        return None

    def _value(self, expression: str, variables: Variables) -> t.Any:
        try:
            return self.compose(expression, variables)
        except Exception as error:
            self.complain(f"The expression {expression!r} of hostnames fails: {words_of(error)}.")
            return None
