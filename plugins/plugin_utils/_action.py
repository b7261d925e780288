# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action behind each module: finds the credential, then runs the operation here or hands over.

Private to this collection, for the controller only.
"""

from __future__ import annotations

import contextlib
import typing as t

from ansible import constants as C
from ansible.plugins.action import ActionBase

from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import (
    SETTINGS,
    from_environment,
    variable_of,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import DIRECT, Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError, QlikError
from ansible_collections.qlikops.cloud.plugins.module_utils._http import REQUESTS_PROBLEM
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Operation, Options, Result, failure
from ansible_collections.qlikops.cloud.plugins.module_utils._sealing import HAS_CRYPTOGRAPHY, seal
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target
from ansible_collections.qlikops.cloud.plugins.module_utils._trust_store import trusted
from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import shows_invocation, transmitted
from ansible_collections.qlikops.cloud.plugins.plugin_utils._credential_sources import sources_of_play
from ansible_collections.qlikops.cloud.plugins.plugin_utils._in_process import InProcess
from ansible_collections.qlikops.cloud.plugins.plugin_utils._options import environment_changed, quoting_no_value

BOOK = "credentials_file"
_KEPT_HERE = {variable_of(option) for option in (*DIRECT, BOOK)}

Variables = t.Mapping[str, t.Any]


class OperationAction(ActionBase):
    """Runs in the worker when the connection is local; delegated elsewhere or asynchronous, the ordinary module runs.

    Either way the operation gets the one credential that opens what it addresses.
    """

    operation: t.ClassVar[Operation]
    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: Variables | None = None) -> Result:
        super().run(tmp, task_vars)
        environment: dict[str, t.Any] = {}
        self._compute_environment_string(environment)
        try:
            with environment_changed({name: str(value) for name, value in environment.items()}):
                return self._carry_out(task_vars or {}, environment)
        except QlikError as error:
            return failure(error)

    def _carry_out(self, task_vars: Variables, environment: Variables) -> Result:
        with quoting_no_value("the task"):
            arguments = transmitted(self._task.args)
        task = InProcess(self.operation, arguments)
        if not task.fault:
            arguments = self._completed(arguments, task.options, task_vars)
        confidential = not task.fault and self.operation.is_confidential(task.options)
        if self._task.async_val and confidential:
            raise ConfigurationError("A token cannot be returned with async, since async_status would show it.")
        if self._connection.transport == "local" and not self._task.async_val:
            result = self._run_here(arguments, task_vars)
        else:
            result = self._hand_over(arguments, task_vars, environment, confidential)
        return {**result, "_ansible_no_log": True} if confidential and not result.get("failed") else result

    def _run_here(self, arguments: dict[str, t.Any], task_vars: Variables) -> Result:
        modes = (bool(self._task.check_mode), bool(self._task.diff))
        return InProcess(self.operation, arguments).run(*modes, C.DEFAULT_LOCAL_TMP, shows_invocation(task_vars))

    def _hand_over(
        self, arguments: dict[str, t.Any], task_vars: Variables, environment: Variables, confidential: bool
    ) -> Result:
        task = self._task.copy()
        task.args = arguments
        # Ansible shows the environment of a command at -vvv
        task.environment = [{name: value for name, value in environment.items() if name not in _KEPT_HERE}]
        if confidential:
            # connections show what a command printed at -vvv
            self._play_context.no_log = self._connection._play_context.no_log = True
        module = self._shared_loader_obj.action_loader.get(
            "ansible.legacy.normal",
            task=task,
            connection=self._connection,
            play_context=self._play_context,
            loader=self._loader,
            templar=self._templar,
            shared_loader_obj=self._shared_loader_obj,
        )
        return t.cast("Result", module.run(task_vars=task_vars))

    def _completed(self, arguments: dict[str, t.Any], options: Options, task_vars: Variables) -> dict[str, t.Any]:
        """The arguments with what is known here alone: the settings of the environment and the credential."""
        if "host" in arguments and not (options["host"] or "").strip():
            raise ConfigurationError("The option host is empty; leave it out to mean the Cloud Console.")
        written = {name: value for name, value in arguments.items() if name not in (*DIRECT, BOOK)}
        settings = {name: options[name] for name in SETTINGS}
        return {**written, **settings, **self._credential(options, task_vars).as_options()}

    def _credential(self, options: Options, task_vars: Variables) -> Credential:
        connection = Connection.from_options(options, None)
        target = Target.of(connection.url_of(options.get("host")), connection.console_url, task_vars)
        path = options[BOOK] or from_environment(BOOK)
        return sources_of_play("the task", options, path, task_vars, self._templar, self._loader).find(target)


def _warm_up() -> None:
    """Load and try once what each worker would load and try anew; Ansible imports actions before it forks workers."""
    if REQUESTS_PROBLEM is None:
        with contextlib.suppress(QlikError):
            trusted(from_environment("ca_path"))
    if HAS_CRYPTOGRAPHY:
        seal(b"", "")


_warm_up()
