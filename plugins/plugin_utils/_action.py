# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The action behind each module: finds the credential, then runs the operation here or hands over.

Private to this collection, for the controller only.
"""

from __future__ import annotations

import functools
import os
import typing as t

from ansible import constants as C
from ansible.plugins.action import ActionBase

from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import (
    PATHS,
    SETTINGS,
    from_environment,
    variable_of,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._credential_sources import CredentialSources
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import DIRECT, Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError, QlikError
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import (
    Find,
    Operation,
    Options,
    Result,
    failure,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target
from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import shows_invocation, transmitted
from ansible_collections.qlikops.cloud.plugins.plugin_utils._in_process import InProcess
from ansible_collections.qlikops.cloud.plugins.plugin_utils._options import environment_changed, quoting_no_value
from ansible_collections.qlikops.cloud.plugins.plugin_utils._play import Play
from ansible_collections.qlikops.cloud.plugins.plugin_utils._warm_up import warm_up

BOOK = "credentials_file"
_FOUND_HERE = (*DIRECT, BOOK)

Variables = t.Mapping[str, t.Any]


class OperationAction(ActionBase):
    """Runs in the worker when the connection is local; delegated elsewhere or asynchronous, the ordinary module runs.

    Either way the operation gets the one credential that opens what it addresses.
    """

    operation: t.ClassVar[Operation]
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: Variables | None = None) -> Result:
        super().run(tmp, task_vars)
        variables = task_vars or {}
        try:
            environment = self._environment()
            with environment_changed(environment):
                use = self._prepared(variables)
                if use.fault or self._is_here():
                    return self._censored(use, self._run_here(use, variables))
            return self._censored(use, self._hand_over(use, environment, variables))
        except QlikError as error:
            return failure(error)

    def _environment(self) -> dict[str, str]:
        found: dict[str, t.Any] = {}
        self._compute_environment_string(found)
        environment = {str(name): str(value) for name, value in found.items()}
        if any(not name or "=" in name or "\0" in name + value for name, value in environment.items()):
            raise ConfigurationError("The environment of the task holds '=' in a name, or NUL, which none can hold.")
        return environment

    def _prepared(self, variables: Variables) -> InProcess:
        """The task's arguments, completed with what is known here alone, unless they are faulty."""
        with quoting_no_value("the task"):
            use = InProcess(self.operation, transmitted(self._task.args))
        if use.fault:
            return use
        if self.operation.runs_here(use.options) and not self._is_here():
            raise ConfigurationError(
                f"{self.operation.name} runs where Ansible runs: add 'delegate_to: localhost' or 'connection: local', "
                "and leave async out."
            )
        if self._task.async_val and use.is_confidential:
            raise ConfigurationError("What is secret cannot be returned with async, since async_status would show it.")
        self._demand_filled(use)
        return InProcess(self.operation, self._completed(use, self._play(variables)))

    def _play(self, variables: Variables) -> Play:
        return Play(variables, self._templar, self._loader, self._task.delegate_to)

    def _demand_filled(self, use: InProcess) -> None:
        for name, meaning in self.operation.left_out.items():
            if name in use.arguments and not (use.options[name] or "").strip():
                raise ConfigurationError(f"The option {name} is empty; leave it out to mean {meaning}.")

    def _completed(self, use: InProcess, play: Play) -> dict[str, t.Any]:
        settings = {**{name: use.options[name] for name in SETTINGS if name in use.options}, **self._paths(use.options)}
        if self.operation.runs_here(use.options):
            return {**use.arguments, **settings}
        connection = Connection.from_options(use.options, None)
        known = self._known_of_tenant(use.options, play, connection)
        options = {**use.options, **known}
        sources = self._sources(play, options)
        target = play.target(connection.url_of(options.get("host")), connection.console_url)
        credential = sources.find(target.known_as(tuple(filter(None, [options.get("subscription_id")])), ()))
        if self.operation.wants_client_ids(options):
            known["known_clients"] = sorted({*options["known_clients"], *sources.client_ids()})
        written = {name: value for name, value in use.arguments.items() if name not in _FOUND_HERE}
        return {**written, **known, **settings, **credential.as_options()}

    def _sources(self, play: Play, options: Options) -> CredentialSources:
        return play.sources("the task", options, options[BOOK] or from_environment(BOOK))

    def _find(self, use: InProcess, play: Play) -> Find:
        """What opens a base URL, as Find says; what the task itself gives opens no console."""

        @functools.lru_cache
        def sources(is_console: bool) -> CredentialSources:
            return self._sources(play, {**use.options, **dict.fromkeys(DIRECT if is_console else ())})

        def find(url: str, subscriptions: tuple[str, ...], names: tuple[str, ...]) -> Credential:
            console_url = Connection.from_options(use.options, None).console_url
            # the variables of a host are not gathered for what is known already
            target = Target.of(url, console_url) if names and subscriptions else play.target(url, console_url)
            return sources(target.is_console).find(target.known_as(subscriptions, names))

        return find

    def _paths(self, options: Options) -> dict[str, str]:
        """Absolute ones, since a module may start in another folder; those for another machine mean its own folders."""
        if not self._is_local():
            return {}
        own = {name: self._loader.path_dwim(options[name]) for name in self.operation.paths if options[name]}
        return {**{name: os.path.abspath(options[name]) for name in PATHS if options.get(name)}, **own}

    def _known_of_tenant(self, options: Options, play: Play, connection: Connection) -> dict[str, t.Any]:
        """The options that were left out and mean the tenant of the task."""
        if not self.operation.acts_on_tenant:
            return {}
        host = options["host"] or play.host()
        tenant = play.tenant(connection.url_of(host))
        of_tenant = {name: tenant.get(key) for name, key in self.operation.known_of_tenant.items() if not options[name]}
        return {"host": host, **{name: value for name, value in of_tenant.items() if value}}

    def _is_local(self) -> bool:
        return bool(self._connection.transport == "local")

    def _is_here(self) -> bool:
        return self._is_local() and not self._task.async_val

    def _run_here(self, use: InProcess, variables: Variables) -> Result:
        modes = (bool(self._task.check_mode), bool(self._task.diff))
        play = self._play(variables)
        return use.run(
            *modes, C.DEFAULT_LOCAL_TMP, shows_invocation(variables), self._find(use, play), play.encrypted_file
        )

    def _hand_over(self, use: InProcess, environment: dict[str, str], variables: Variables) -> Result:
        if C.DEFAULT_DEBUG:
            raise ConfigurationError("With ANSIBLE_DEBUG, Ansible would show the secret that goes along; leave it out.")
        # Ansible shows the environment of a command, and what it printed, at -vvv
        kept_here = set(map(variable_of, _FOUND_HERE))
        task = self._task.copy()
        task.environment = [{name: value for name, value in environment.items() if name not in kept_here}]
        task.args = use.arguments
        if use.is_confidential:
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
        return t.cast("Result", module.run(task_vars=variables))

    def _censored(self, use: InProcess, result: Result) -> Result:
        """Hide a result that must not be shown; a failure is shown, unless it holds what a module has printed."""
        if not use.is_confidential or (result.get("failed") and "module_stdout" not in result):
            return result
        # up to 2.18, callbacks show the results of a loop whole unless the task itself is censored
        self._task.no_log = True
        return {**result, "_ansible_no_log": True}


warm_up()  # Ansible imports actions before it forks workers
