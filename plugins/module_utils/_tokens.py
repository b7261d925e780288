# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""OAuth tokens: asking for one, how long it lives, and when another is needed. Private to this collection.

Sources: https://qlik.dev/apis/org-rest/get-started/ and https://qlik.dev/apis/rest/oauth/.
"""

from __future__ import annotations

import re
import threading
import time
import typing as t
from dataclasses import asdict, dataclass, field

from ansible_collections.qlikops.cloud.plugins.module_utils._client_assertion import client_assertion
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError
from ansible_collections.qlikops.cloud.plugins.module_utils._http import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import Request, Response
from ansible_collections.qlikops.cloud.plugins.module_utils._problems import error_for
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import place_of
from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import parse_iso

ENDPOINT = "/oauth/token"
GRANT = "client_credentials"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
UNKNOWN_LIFE = 300.0  # seconds, when the answer tells nothing
LONGEST_LIFE = 86_400.0  # seconds; the service gives six hours
LONGEST_MARGIN = 300.0
RECENT = 60.0  # seconds
_HEADER_SAFE = re.compile(r"[\x21-\x7e]+")
_TENANT_ADVICE = {
    401: "wrong or expired credentials; compare client_id and client_secret with the OAuth client in My Qlik (of the "
    "region and subscription of this tenant) or in the tenant",
    403: "the client may not have a token here: its bot user is disabled or has too many tokens, or an IP policy shuts "
    "this machine out",
}
_ADVICE = {
    400: "the token request was malformed; check that client_id and client_secret (or private_key and key_id) "
    "are those of one OAuth client",
    401: "wrong or expired credentials; compare client_id and client_secret with the OAuth client in the Cloud Console "
    "(console.qlikcloud.com/admin/oauth), and add a new secret there if in doubt",
    403: "the client may not have a token here: the Cloud Console is opened by an organization client, made there and "
    "not in a tenant; a tenant by a client of its region or of its own",
}


@dataclass(frozen=True)
class Token:
    """An access token; expires_at in seconds since the epoch, life in seconds."""

    value: str = field(repr=False)
    expires_at: float
    life: float
    scope: str = ""

    @classmethod
    def from_answer(cls, answer: t.Any, host: str, asked_at: float) -> Token:
        """The token of a 200 answer: its life is expires_in, else expires_at, else five minutes. Raises AnswerError."""
        document = answer if isinstance(answer, dict) else {}
        value, kind, scope = (document.get(key) for key in ("access_token", "token_type", "scope"))
        if not isinstance(value, str) or not _HEADER_SAFE.fullmatch(value):
            raise AnswerError(f"{host} answered the token request without a usable access_token.")
        if isinstance(kind, str) and kind.lower() != "bearer":
            raise AnswerError(f"{host} issued a token of another type than bearer.")
        life = _life(document, asked_at)
        return cls(value, asked_at + life, life, scope if isinstance(scope, str) else "")

    def is_fresh(self, now: float) -> bool:
        """Whether more than min(300 s, a tenth of its life) is left."""
        return self.expires_at - now > min(LONGEST_MARGIN, self.life / 10)

    @property
    def issued_at(self) -> float:
        return self.expires_at - self.life

    def as_mapping(self) -> dict[str, t.Any]:
        return asdict(self)


def _life(document: dict[str, t.Any], asked_at: float) -> float:
    seconds = document.get("expires_in")
    if isinstance(seconds, (int, float)) and not isinstance(seconds, bool) and seconds > 0:
        return float(min(seconds, LONGEST_LIFE))
    moment = parse_iso(str(document.get("expires_at") or ""))
    left = moment.timestamp() - asked_at if moment else 0.0
    return min(left, LONGEST_LIFE) if left > 0 else UNKNOWN_LIFE


def _advice(response: Response) -> str:
    known = {**_ADVICE, **(_TENANT_ADVICE if place_of(response.host) else {})}
    return known.get(response.status, "")


@dataclass(frozen=True)
class TokenKey:
    """What one token serves: a token is valid on the host that issued it and nowhere else."""

    host: str
    client_id: str
    grant: str = GRANT
    scope: str = ""


class TokenStore(t.Protocol):
    """Keeps tokens between uses."""

    def obtain(
        self, key: TokenKey, secret: str, accept: t.Callable[[Token], bool], fetch: t.Callable[[], Token]
    ) -> Token:
        """The kept token when accept says yes, else the one that fetch brings; one fetch for all who wait."""


class TokenSource:
    """Tokens of one credential for one host."""

    def __init__(
        self, credential: Credential, transport: Transport, store: TokenStore, clock: t.Callable[[], float] = time.time
    ) -> None:
        self.credential = credential
        self.transport = transport
        self._store = store
        self._clock = clock
        self._current: Token | None = None
        self._lock = threading.Lock()

    def token(self) -> Token:
        """A token that lives long enough for the next request. Raises ApiError, TransportError, AnswerError."""
        if self._current is None or not self._current.is_fresh(self._clock()):
            self._current = self._obtain(lambda token: token.is_fresh(self._clock()))
        return self._current

    def renew(self, rejected: Token) -> Token:
        """Another token than the rejected one, which may have come from another process in the meantime."""
        self._current = self._obtain(lambda token: token.is_fresh(self._clock()) and token.value != rejected.value)
        return self._current

    def is_of_old(self, token: Token) -> bool:
        """Whether another token may hold other permissions: not when this one has just been issued, to whomever."""
        return self._clock() - token.issued_at > RECENT

    def secrets(self) -> tuple[str, ...]:
        """What must be masked in text that the service sends back."""
        return (self.credential.material(), *((self._current.value,) if self._current else ()))

    def _obtain(self, accept: t.Callable[[Token], bool]) -> Token:
        key = TokenKey(self.transport.host, self.credential.client_id)
        proof = " ".join(filter(None, (self.credential.key_id, self.credential.material())))
        with self._lock:
            return self._store.obtain(key, proof, accept, self._fetch)

    def _fetch(self) -> Token:
        asked_at, body = self._clock(), self._body()
        # asking twice for a token changes nothing, so the request may be repeated
        response = self.transport.send(Request("POST", ENDPOINT, body=body, repeatable=True))
        if response.status != 200:
            secrets = (*self.secrets(), body.get("client_assertion", ""))
            raise error_for(response, "Getting a token", secrets=secrets, advice=_advice(response))
        return Token.from_answer(response.json(), response.host, asked_at)

    def _body(self) -> dict[str, str]:
        credential = self.credential
        body = {"grant_type": GRANT, "client_id": credential.client_id}
        if credential.secret:
            return {**body, "client_secret": credential.secret.reveal()}
        audience = self.transport.origin + ENDPOINT
        assertion = client_assertion(credential.client_id, credential.material(), credential.key_id or "", audience)
        return {**body, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
