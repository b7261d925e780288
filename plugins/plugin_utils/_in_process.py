# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Runs an operation inside this process, with the result that the ordinary module would print.

Private to this collection, for the controller only.
"""

from __future__ import annotations

import json
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator, ValidationResult
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError

from ansible_collections.qlikops.cloud.plugins.module_utils._encrypted import OpenFile
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import only_where_ansible_runs
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import (
    Find,
    Invocation,
    Operation,
    Options,
    Result,
)


class InProcess:
    """One use of an operation: its arguments validated, and then its work done."""

    def __init__(self, operation: Operation, arguments: dict[str, t.Any]) -> None:
        self._operation = operation
        self.arguments = arguments
        self._checked = ArgumentSpecValidator(operation.arguments, **operation.rules).validate(arguments)
        self.options: Options = {**arguments, **self._checked.validated_parameters}

    @property
    def fault(self) -> str | None:
        """What is wrong with the arguments, in the words of an ordinary module."""
        if not self._checked.errors.errors:
            return None
        unsupported = isinstance(self._checked.errors.errors[0], UnsupportedError)
        prefix = f"Unsupported parameters for ({self._operation.name}) module: " if unsupported else ""
        return f"{prefix}{self._checked.errors.msg}"

    @property
    def is_confidential(self) -> bool:
        return not self.fault and self._operation.is_confidential(self.options)

    def run(
        self,
        check_mode: bool,
        diff: bool,
        run_dir: str | None,
        show_invocation: bool,
        find: Find = only_where_ansible_runs,
        open_file: OpenFile = only_where_ansible_runs,
    ) -> Result:
        """The result, every value of a no_log argument masked."""
        warnings = [f"Both option {w['option']} and its alias {w['alias']} are set." for w in self._checked._warnings]
        invocation = Invocation(self.options, check_mode, diff, run_dir, warnings.append, find, open_file)
        outcome = {"failed": True, "msg": self.fault} if self.fault else self._operation.outcome(invocation)
        told = {"warnings": warnings, "deprecations": list(map(_deprecation, self._checked._deprecations))}
        outcome |= {name: value for name, value in told.items() if value}
        if show_invocation:
            outcome["invocation"] = {"module_args": self.options}
        return _masked(outcome, self._checked)


def _deprecation(found: dict[str, t.Any]) -> dict[str, t.Any]:
    """With the date or the version of the end, as an ordinary module reports it."""
    return {name: value for name, value in found.items() if name != ("version" if found.get("date") else "date")}


def _masked(outcome: Result, checked: ValidationResult) -> Result:
    """As an ordinary module does it: a value that equals a secret by chance stays, when it is no text or number."""
    kept = {name: value for name, value in outcome.items() if value is None or isinstance(value, bool)}
    masked = {**remove_values(outcome, checked._no_log_values), **kept}
    return t.cast("Result", json.loads(json.dumps(masked)))
