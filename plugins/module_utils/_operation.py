# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module does, apart from where it runs. Private to this collection."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import QlikError
from ansible_collections.qlikops.cloud.plugins.module_utils._waiting import Tell

Options = t.Mapping[str, t.Any]
Result = dict[str, t.Any]


@dataclass(frozen=True)
class Invocation:
    """One task's wish: validated options, modes, a private folder that ends with the run, and a way to warn."""

    options: Options = field(repr=False)
    check_mode: bool
    diff: bool
    run_dir: str | None
    warn: Tell


def never(options: Options) -> bool:
    """Whatever the options, the result may be shown."""
    return False


@dataclass(frozen=True)
class Operation:
    """Arguments as an argument spec, rules as its further keywords, and the function that does the work.

    is_confidential tells of options whether the result must not be shown. left_out holds what some options mean when
    they are left out; given, but empty, these are refused, since a template may have come to nothing.
    """

    name: str
    arguments: dict[str, dict[str, t.Any]]
    work: t.Callable[[Invocation], Result]
    rules: dict[str, t.Any] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    is_confidential: t.Callable[[Options], bool] = never

    def outcome(self, invocation: Invocation) -> Result:
        """The result of the work, or what a failed task returns."""
        try:
            return {"changed": False, **self.work(invocation)}
        except QlikError as error:
            return failure(error)


def failure(error: QlikError) -> Result:
    return {"failed": True, "msg": str(error), "error": error.facts()}
