# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a module does, apart from where it runs. Private to this collection."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._encrypted import OpenFile
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import QlikError, only_where_ansible_runs
from ansible_collections.qlikops.cloud.plugins.module_utils._waiting import Tell

Options = t.Mapping[str, t.Any]
Result = dict[str, t.Any]


Find = t.Callable[[str, tuple[str, ...], tuple[str, ...]], Credential]


@dataclass(frozen=True)
class Invocation:
    """One task's wish: validated options, modes, a private folder that ends with the run, and a way to warn.

    find tells what opens a base URL, for operations on several hosts: of a tenant in one of the subscriptions given,
    with the host names given. open_file opens files under Ansible Vault.
    """

    options: Options = field(repr=False)
    check_mode: bool
    diff: bool
    run_dir: str | None
    warn: Tell
    find: Find = only_where_ansible_runs
    open_file: OpenFile = only_where_ansible_runs


def never(options: Options) -> bool:
    """Whatever the options, it is not so."""
    return False


def always(options: Options) -> bool:
    """Whatever the options, it is so."""
    return True


@dataclass(frozen=True)
class Operation:
    """Arguments as an argument spec, rules as its further keywords, and the function that does the work.

    is_confidential tells of options whether the result must not be shown. left_out holds what some options mean when
    they are left out; given, but empty, these are refused, since a template may have come to nothing.
    acts_on_tenant: the option host, left out, is the tenant that the task runs for.
    known_of_tenant: options that, left out, are filled with what the inventory knows of the addressed tenant.
    paths: options whose relative paths are taken from the folder of the playbook.
    wants_client_ids: whether the option known_clients is to hold all clients of the credential books as well.
    runs_here: whether it needs more than one credential, or a file under Ansible Vault, and so runs where Ansible runs.
    """

    name: str
    arguments: dict[str, dict[str, t.Any]]
    work: t.Callable[[Invocation], Result]
    rules: dict[str, t.Any] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    is_confidential: t.Callable[[Options], bool] = never
    acts_on_tenant: bool = False
    known_of_tenant: dict[str, str] = field(default_factory=dict)
    paths: tuple[str, ...] = ()
    wants_client_ids: t.Callable[[Options], bool] = never
    runs_here: t.Callable[[Options], bool] = never

    def outcome(self, invocation: Invocation) -> Result:
        """The result of the work, or what a failed task returns."""
        try:
            return {"changed": False, **self.work(invocation)}
        except QlikError as error:
            return failure(error)


def failure(error: QlikError) -> Result:
    changed = {"changed": True} if error.changed else {}
    return {"failed": True, "msg": str(error), "error": error.facts(), **changed}
