# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module estate_report. Private to this collection."""

from __future__ import annotations

import contextlib
import functools
import os
import stat
import typing as t
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path

from ansible_collections.qlikops.cloud.plugins.module_utils._access import Access
from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import CONNECTION_ARGUMENTS
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import DIRECT, Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    ConfigurationError,
    NoCredentialError,
    only_where_ansible_runs,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._estate import Estate, Finding
from ansible_collections.qlikops.cloud.plugins.module_utils._estate_files import as_csv, as_json, previous_report
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import (
    Invocation,
    Operation,
    Options,
    Result,
    always,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._private_files import write_private
from ansible_collections.qlikops.cloud.plugins.module_utils._tenant_visits import Questions, Visits
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant

PAGE = ".html"
NO_CREDENTIAL = "no_credential"

Render = t.Callable[[t.Mapping[str, t.Any]], str]


def work(invocation: Invocation, render: Render = only_where_ansible_runs) -> Result:
    """Look at the whole organization, and write what was seen as a page and as data; render draws the page."""
    options = invocation.options
    files = Files.beside(options["path"])
    previous = files.previous(options["previous"])
    now = datetime.now(timezone.utc)
    connection = Connection.from_options(options, invocation.run_dir)
    survey = _Survey(invocation, Access(connection, invocation.find, invocation.warn), _questions(options, now))
    tenants, findings = survey.outcome()
    unknown = [name for key, name in survey.hosts.items() if key not in findings]
    document = Estate(options["title"], now, tenants, findings, previous, unknown).document()
    _warn_of_stranger(document, previous, invocation)
    if not invocation.check_mode:
        files.write(document, render)
    told = ("totals", "due_totals", "changes", "without_credential", "unknown_hosts", "access")
    return {"changed": True, "files": files.names(), **{name: document[name] for name in told}}


def _questions(options: Options, now: datetime) -> Questions:
    days = options["consumption_days"]
    if not 0 <= days <= 3650:
        raise ConfigurationError(f"The option consumption_days must be from 0 to 3650, not {days}.")
    since = (now - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ") if days else None
    return Questions(options["verify"], options["license_use"], since)


def _warn_of_stranger(document: Result, previous: Result | None, invocation: Invocation) -> None:
    changes = document["changes"]
    before, gone = (len(rows) for rows in (previous["tenants"], changes["vanished"])) if previous else (0, 0)
    if gone > before / 2:
        invocation.warn(
            f"{gone} of {before} tenants of the previous report are not in this one: is it of another organization?"
        )


@dataclass(frozen=True)
class _Survey:
    """What the organization, the credentials and, when asked, the tenants tell."""

    invocation: Invocation
    access: Access
    questions: Questions

    def outcome(self) -> tuple[tuple[Tenant, ...], dict[str, Finding]]:
        """All tenants, and what was found of each."""
        if any(self.invocation.options[name] for name in DIRECT):
            raise ConfigurationError(
                "A report opens the organization and its tenants, with a credential for each: give them by "
                "credentials_file or the environment, not as options of the task."
            )
        tenants = self.access.organization().tenants().tenants
        opened = {tenant: self._credential(tenant) for tenant in tenants if self._is_expected_to_open(tenant)}
        answers = self._answers({tenant: found for tenant, found in opened.items() if found})
        answers |= {tenant.id: self._unasked() for tenant, found in opened.items() if not found}
        return tenants, {tenant.id: self._finding(tenant, opened, answers) for tenant in tenants}

    @functools.cached_property
    def hosts(self) -> dict[str, str]:
        return {str(key): str(name) for key, name in self.invocation.options["hosts"].items()}

    def _is_expected_to_open(self, tenant: Tenant) -> bool:
        return tenant.is_enabled and (not self.hosts or tenant.id in self.hosts)

    def _credential(self, tenant: Tenant) -> Credential | None:
        with contextlib.suppress(NoCredentialError):
            return self.access.credential(tenant.hostname, tenant) if tenant.hostname else None
        return None

    def _answers(self, opened: dict[Tenant, Credential]) -> dict[str, dict[str, t.Any]]:
        if not self.questions.are_any or not opened:
            return {}
        if self.invocation.check_mode:
            self.invocation.warn(f"In check mode no tenant is asked; {len(opened)} would be.")
            return {}
        if not self.invocation.options["confirm_bot_users"]:
            raise ConfigurationError(
                f"A token would be asked for on {len(opened)} tenants, and a client's first token creates a bot user "
                "with administrator's rights there. Nothing was sent to them. Say yes with confirm_bot_users: true."
            )
        return Visits(self.access, self.questions).answers(opened)

    def _unasked(self) -> dict[str, t.Any]:
        is_answer = self.questions.verify and not self.invocation.check_mode
        return {"access": {"kind": NO_CREDENTIAL, "msg": None}} if is_answer else {}

    def _finding(
        self, tenant: Tenant, opened: dict[Tenant, Credential | None], answers: dict[str, dict[str, t.Any]]
    ) -> Finding:
        found, host = opened.get(tenant), self.hosts.get(tenant.id)
        return Finding(host, found.client_id if found else None, tenant in opened, answers.get(tenant.id, {}))


@dataclass(frozen=True)
class Files:
    """Where a report is written: the page, and beside it the same as data."""

    page: Path

    @classmethod
    def beside(cls, path: str) -> Files:
        """Raises ConfigurationError for what cannot be the path of a page."""
        page = Path(os.path.abspath(os.path.expanduser(path)))
        if page.suffix != PAGE or not page.stem:
            raise ConfigurationError(f"The option path must end in {PAGE}, such as estate.html, unlike {path}.")
        if not page.parent.is_dir():
            raise ConfigurationError(f"The folder {page.parent} for the report is not there; make it first.")
        files = cls(page)
        if not os.access(page.parent, os.W_OK | os.X_OK):
            raise ConfigurationError(f"The folder {page.parent} for the report cannot be written; name another one.")
        for file in (files.page, files.table, files.data):
            if file.is_symlink() or file.is_dir():
                raise ConfigurationError(f"{file} is a link or a folder, which a report does not replace; name a file.")
        return files

    @property
    def data(self) -> Path:
        return self.page.with_suffix(".json")

    def names(self) -> list[str]:
        return [str(path) for path in (self.page, self.data, self.table)]

    @property
    def table(self) -> Path:
        return self.page.with_suffix(".csv")

    def previous(self, path: str | None) -> dict[str, t.Any] | None:
        """The report before, None when there is none; that of the same name need not be there yet."""
        if path is None:
            return None
        given = Path(os.path.abspath(os.path.expanduser(path)))
        return None if given == self.data and not given.exists() else previous_report(given)

    def write(self, document: t.Mapping[str, t.Any], render: Render) -> None:
        """All three, made before the first is written. Raises ConfigurationError when one cannot be.

        The data, with which the next report compares, come last, so that a failure loses no change.
        """
        page = render(document).encode("utf-8", "replace")
        contents = {self.page: page, self.table: as_csv(document), self.data: as_json(document)}
        for path, content in contents.items():
            try:
                _replace(path, content)
            except OSError as error:
                raise ConfigurationError(f"{path} cannot be written: {error.strerror or error}.") from error


def _replace(path: Path, content: bytes) -> None:
    """In one step, with the mode that the file had."""
    mode = stat.S_IMODE(path.stat().st_mode) if path.exists() else None
    write_private(path, content)
    if mode is not None:
        path.chmod(mode)


ESTATE_REPORT = Operation(
    name="qlikops.cloud.estate_report",
    arguments={
        "path": {"type": "str", "required": True},
        "title": {"type": "str", "default": "Qlik Cloud estate"},
        "previous": {"type": "str"},
        "hosts": {"type": "dict", "default": {}},
        "verify": {"type": "bool", "default": False},
        "license_use": {"type": "bool", "default": False},
        "consumption_days": {"type": "int", "default": 30},
        "confirm_bot_users": {"type": "bool", "default": False},
        **CONNECTION_ARGUMENTS,
    },
    work=work,
    left_out={"previous": "that there is none", "title": "the usual heading"},
    runs_here=always,
)
