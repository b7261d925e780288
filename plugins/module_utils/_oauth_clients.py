# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""OAuth clients and their secrets, of the organization and of one tenant. Private to this collection.

Sources: https://qlik.dev/apis/org-rest/core/oauth-clients/, https://qlik.dev/apis/rest/oauth-clients/.
"""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import asdict, dataclass, field
from urllib.parse import quote

from ansible_collections.qlikops.cloud.plugins.module_utils._all_pages import send_for_all
from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ConfigurationError,
    PermissionDeniedError,
    QlikError,
    UnknownOutcomeError,
    leaves_open,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import Request, Response
from ansible_collections.qlikops.cloud.plugins.module_utils._problems import line_of

CONSOLE_PATH, TENANT_PATH = "/api/core/oauth-clients", "/api/v1/oauth-clients"
CONFIRM = "qlik-confirm-delete"
MOST_SECRETS = 5
SETTABLE = {"name": "/clientName", "description": "/description", "scopes": "/allowedScopes"}
_ALL = (("limit", "100"), ("totalResults", "true"))
_NOT_DOCUMENTED = "Which permission the management of OAuth clients needs is not documented"
_CONSOLE_ADVICE = (
    "the client may lack it; it must be an organization client with more than the scope cloud-console.tenants:read."
)
_TENANT_ADVICE = "the client may lack it; its bot user must have the role TenantAdmin."

Change = dict[str, t.Any]


@dataclass(frozen=True)
class SecretMark:
    """What can be known of a secret once it was made."""

    hint: str
    created_at: str | None
    created_by: str | None

    @classmethod
    def from_api(cls, row: t.Any) -> SecretMark:
        """The mark in a row of the API. Raises AnswerError when it has no hint, since it could not be told apart."""
        hint = row.get("hint") if isinstance(row, dict) else None
        if not isinstance(hint, str) or not hint:
            raise AnswerError("The service listed a client secret without a hint.")
        return cls(hint, _text(row.get("createdAt")), _text(row.get("createdBy")))

    def __str__(self) -> str:
        return f"{line_of(self.hint)} (created at {line_of(self.created_at) or 'an unknown time'})"


@dataclass(frozen=True)
class NewSecret:
    """A secret that has just been made, the only time that its value is known; hint is empty when it is not told."""

    hint: str
    value: str = field(repr=False)
    created_at: str | None


@dataclass(frozen=True)
class NewClient:
    """What a client is to be when it is made."""

    name: str
    description: str | None = None
    grant_types: tuple[str, ...] = ("client_credentials",)
    auth_methods: tuple[str, ...] = ("client_secret",)
    scopes: tuple[str, ...] | None = None
    consent_method: str | None = None

    def body(self) -> dict[str, t.Any]:
        given = {
            "description": self.description,
            "allowedScopes": None if self.scopes is None else list(self.scopes),
            "connectionConfig": {"consentMethod": self.consent_method} if self.consent_method else None,
        }
        return {
            "clientName": self.name,
            "appType": "web",
            "allowedGrantTypes": list(self.grant_types),
            "allowedAuthMethods": list(self.auth_methods),
            **{name: value for name, value in given.items() if value is not None},
        }


@dataclass(frozen=True)
class OAuthClient:
    """One OAuth client; texts as the service gives them, None when absent."""

    id: str
    name: str | None
    app_type: str | None
    description: str | None
    grant_types: tuple[str, ...]
    auth_methods: tuple[str, ...]
    scopes: tuple[str, ...]
    consent_method: str | None
    secrets: tuple[SecretMark, ...]
    created_at: str | None
    updated_at: str | None
    created_by_type: str | None
    disable_tag: str | None

    @classmethod
    def from_api(cls, row: t.Mapping[str, t.Any]) -> OAuthClient:
        """A client from a row of the API. Raises AnswerError when it or a secret of it could not be told apart."""
        identity = row.get("clientId")
        if not isinstance(identity, str) or not identity:
            raise AnswerError("The service answered with an OAuth client without a clientId.")
        consent = row.get("connectionConfig")
        return cls(
            id=identity,
            name=_text(row.get("clientName")),
            app_type=_text(row.get("appType")),
            description=_text(row.get("description")),
            grant_types=_texts(row.get("allowedGrantTypes")),
            auth_methods=_texts(row.get("allowedAuthMethods")),
            scopes=_texts(row.get("allowedScopes")),
            consent_method=_text(consent.get("consentMethod")) if isinstance(consent, dict) else None,
            secrets=_marks(row.get("clientSecrets")),
            created_at=_text(row.get("createdAt")),
            updated_at=_text(row.get("updatedAt")),
            created_by_type=_text(row.get("createdByType")),
            disable_tag=_text(row.get("disableTag")),
        )

    def __str__(self) -> str:
        return f"{line_of(self.id)} ({line_of(self.name) or 'without a name'})"

    def facts(self) -> dict[str, t.Any]:
        """All there is to know."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    def differences(self, wanted: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """What of it is not as wanted, by the names of SETTABLE; the order of scopes means nothing."""
        return {name: value for name, value in wanted.items() if _plain(getattr(self, name)) != _plain(value)}

    def changes(self, values: t.Mapping[str, t.Any]) -> list[Change]:
        """The JSON Patch that sets values, by the names of SETTABLE."""
        return [
            {
                "op": "replace" if getattr(self, name) else "add",
                "path": SETTABLE[name],
                "value": list(value) if isinstance(value, tuple) else value,
            }
            for name, value in values.items()
        ]


class OAuthClients:
    """The OAuth clients of one host. All methods raise ApiError, TransportError, AnswerError.

    No answer that can hold a secret is ever quoted.
    """

    def __init__(self, client: ApiClient, is_console: bool) -> None:
        self._client = client
        self._path = CONSOLE_PATH if is_console else TENANT_PATH
        self._advice = _CONSOLE_ADVICE if is_console else _TENANT_ADVICE

    @property
    def host(self) -> str:
        return self._client.host

    def all(self, scim_filter: str | None = None) -> tuple[OAuthClient, ...]:
        """Every client, or those that a filter of RFC 7644 selects. Raises IncompleteListError."""
        query = ((("filter", scim_filter),) if scim_filter else ()) + _ALL
        with self._explained():
            request = Request("GET", self._path, query, repeatable=True)
            document = send_for_all(self._client, request, identity="clientId").document
        rows = document.get("data") if isinstance(document, dict) else None
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise AnswerError(f"{self.host} listed its OAuth clients in an unexpected shape.")
        return tuple(map(OAuthClient.from_api, rows))

    def get(self, client_id: str) -> OAuthClient:
        """One client. Raises NotFoundError."""
        request = Request("GET", self._place(client_id), repeatable=True)
        found = OAuthClient.from_api(self._document(f"Reading the OAuth client {line_of(client_id)}", request))
        if found.id != client_id:
            raise AnswerError(f"{self.host} answered with another OAuth client than {line_of(client_id)}.")
        return found

    def create(self, wish: NewClient) -> tuple[OAuthClient, NewSecret | None]:
        """A new client, and its first secret when it has one. The request is never repeated once it was sent."""
        with self._once("It may have been created all the same; the next run finds it by its name."):
            request = Request("POST", self._path, body=wish.body())
            document = self._document("Creating an OAuth client", request)
            made = OAuthClient.from_api(document)
        value = _text(document.get("clientSecret"))
        if value is None:
            return made, None
        mark = self._first(made, document)
        return made, NewSecret(mark.hint, value, mark.created_at)

    def update(self, client_id: str, changes: t.Sequence[Change]) -> str | None:
        """Apply a JSON Patch of the paths of SETTABLE; the value of a secret when the service has made one for it."""
        # values are set, not added to, so the request may be repeated
        request = Request("PATCH", self._place(client_id), body=list(changes), repeatable=True)
        response = self._call(f"Changing the OAuth client {line_of(client_id)}", request)
        return _text(self._object(response).get("clientSecret")) if response.body else None

    def delete(self, client_id: str, confirmed: str) -> None:
        """confirmed is the id as the user has written it. Raises NotFoundError."""
        request = Request("DELETE", self._place(client_id), headers={CONFIRM: confirmed}, repeatable=True)
        self._call(f"Deleting the OAuth client {line_of(client_id)}", request)

    def add_secret(self, client_id: str) -> NewSecret:
        """Another secret. The request is never repeated once it was sent."""
        advice = (
            "A secret may have been added all the same, whose value is lost: compare the hints of the client's secrets "
            "with those known to you, and remove the one that is not."
        )
        with self._once(advice):
            request = Request("POST", f"{self._place(client_id)}/client-secrets")
            document = self._document(f"Adding a secret to the OAuth client {line_of(client_id)}", request)
            mark, value = SecretMark.from_api(document), _text(document.get("clientSecret"))
            if value is None:
                raise AnswerError(f"{self.host} answered with a new secret that has no value.")
        return NewSecret(mark.hint, value, mark.created_at)

    def remove_secret(self, client_id: str, hint: str) -> None:
        """Raises NotFoundError."""
        request = Request("DELETE", f"{self._place(client_id)}/client-secrets/{_encoded(hint)}", repeatable=True)
        self._call(f"Removing the secret {line_of(hint)} of the OAuth client {line_of(client_id)}", request)

    def _place(self, client_id: str) -> str:
        return f"{self._path}/{_encoded(client_id)}"

    def _first(self, made: OAuthClient, document: t.Mapping[str, t.Any]) -> SecretMark:
        """The mark of a new client's secret, which some answers do not hold; without one, the secret is good too."""
        marks = made.secrets
        with contextlib.suppress(QlikError):
            marks = marks or self.get(made.id).secrets
        return marks[0] if marks else SecretMark(_text(document.get("clientSecretHint")) or "", None, None)

    def _document(self, operation: str, request: Request) -> dict[str, t.Any]:
        return self._object(self._call(operation, request))

    def _object(self, response: Response) -> dict[str, t.Any]:
        document = response.json()
        if not isinstance(document, dict):
            raise AnswerError(f"{self.host} answered {response.status} with JSON that is no object.")
        return document

    def _call(self, operation: str, request: Request) -> Response:
        with self._explained():
            return self._client.call(operation, request)

    @contextlib.contextmanager
    def _explained(self) -> t.Iterator[None]:
        """Says of a call that is not allowed what may be missing; having no token is another matter."""
        self._client.prepare()
        try:
            yield
        except PermissionDeniedError as error:
            raise PermissionDeniedError(
                f"{error} {_NOT_DOCUMENTED}: {self._advice}",
                host=error.host,
                status=error.status,
                code=error.code,
                trace_id=error.trace_id,
            ) from None

    @contextlib.contextmanager
    def _once(self, advice: str) -> t.Iterator[None]:
        """For a call that must not be repeated. Raises UnknownOutcomeError when it may have been carried out."""
        self._client.prepare()
        try:
            yield
        except QlikError as error:
            if not leaves_open(error):
                raise
            raise UnknownOutcomeError(f"{error} {advice}", error) from None


def _encoded(part: str) -> str:
    """One part of a path; some parts would lead elsewhere."""
    if part in ("", ".", ".."):
        raise ConfigurationError(f"No OAuth client and no secret is named {part!r}.")
    return quote(part, safe="", errors="replace")


def _marks(rows: t.Any) -> tuple[SecretMark, ...]:
    return tuple(map(SecretMark.from_api, rows)) if isinstance(rows, list) else ()


def _plain(value: t.Any) -> t.Any:
    return sorted(set(value)) if isinstance(value, tuple) else value or ""


def _texts(values: t.Any) -> tuple[str, ...]:
    return tuple(value for value in values if isinstance(value, str)) if isinstance(values, list) else ()


def _text(value: t.Any) -> str | None:
    return value if isinstance(value, str) and value else None
