# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Asks tenants, several at once, who we are there and what they use of their licences. Private to this collection."""

from __future__ import annotations

import threading
import typing as t
from dataclasses import dataclass, field

from ansible_collections.qlikops.cloud.plugins.module_utils._access import Access
from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import QlikError
from ansible_collections.qlikops.cloud.plugins.module_utils._license_use import consumption_of, use_of
from ansible_collections.qlikops.cloud.plugins.module_utils._side_by_side import side_by_side
from ansible_collections.qlikops.cloud.plugins.module_utils._tenant import TenantApi
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant
from ansible_collections.qlikops.cloud.plugins.module_utils._tokens import TokenSource

REACHED = "reached"

Answer = dict[str, t.Any]
_REACHED: Answer = {"kind": REACHED, "msg": None}


@dataclass(frozen=True)
class Questions:
    """What each tenant is asked; consumption_since is a timestamp, None to leave consumption out."""

    verify: bool = False
    license_use: bool = False
    consumption_since: str | None = None

    @property
    def are_any(self) -> bool:
        return self.verify or self.license_use


@dataclass
class Visits:
    """Visits to tenants with the credentials found for them; a failure is an answer like any other."""

    access: Access
    questions: Questions
    _open: list[ApiClient] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def answers(self, found: t.Mapping[Tenant, Credential]) -> dict[str, Answer]:
        """What each tenant answered, by its id: access with kind and msg, and license; only what was asked."""
        # secrets are opened here, not by several threads at once; that of a region once for all its tenants
        secrets = {id(credential): _revealed(credential) for credential in found.values()}
        opened = {tenant: secrets[id(credential)] for tenant, credential in found.items()}
        known = [(tenant, secret) for tenant, secret in opened.items() if isinstance(secret, Credential)]
        closed = {x.id: self._failure(e) for x, e in opened.items() if isinstance(e, QlikError)}
        return closed | dict(side_by_side(self._visit, known, self._stop))

    def _failure(self, error: QlikError) -> Answer:
        """The answer for a tenant that could not be asked anything."""
        access: Answer = {"access": _refused(error)} if self.questions.verify else {}
        return access | ({"license": _unread(error)} if self.questions.license_use and not access else {})

    def _visit(self, opened: tuple[Tenant, Credential]) -> tuple[str, Answer]:
        tenant, credential = opened
        tokens = self.access.tokens(tenant.hostname or "", credential)
        client = ApiClient(tokens)
        self._open.append(client)
        if self._over.is_set():  # after it was stopped, the pool goes on with the next tenants
            client.stop()
        answer: Answer = {}
        if self.questions.verify:
            answer["access"] = self._verify(TenantApi(client), tokens, tenant)
        if self.questions.license_use and answer.get("access", _REACHED) == _REACHED:
            answer["license"] = self._license(TenantApi(client))
        self._open.remove(client)
        return tenant.id, answer

    def _verify(self, api: TenantApi, tokens: TokenSource, tenant: Tenant) -> Answer:
        """As the module ping does with new_token: a token that is kept proves nothing of the credential."""
        try:
            token = tokens.token()
            if tokens.is_of_old(token):
                tokens.renew(token)
            api.identity(tenant.id)
        except QlikError as error:
            return _refused(error)
        return _REACHED

    def _license(self, api: TenantApi) -> Answer:
        use, since = _unread(None), self.questions.consumption_since
        try:
            use |= use_of(api.license_overview())
            if since:
                use["consumption"] = consumption_of(api.license_consumption(since), since)
        except QlikError as error:
            use["error"] = str(error)
        return use

    def _stop(self) -> None:
        self._over.set()
        for client in list(self._open):
            client.stop()


def _revealed(credential: Credential) -> Credential | QlikError:
    """The credential with its secret opened, or why that is not possible."""
    try:
        return Credential.from_mapping(credential.as_options(), f"the client {credential.client_id}")
    except QlikError as error:
        return error


def _refused(error: QlikError) -> Answer:
    return {"kind": error.kind, "msg": str(error)}


def _unread(error: QlikError | None) -> Answer:
    return {"error": error and str(error), "consumption": None}
