# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the body of a new OAuth client may hold, and which of its fields go together.

Sources: https://qlik.dev/apis/org-rest/core/oauth-clients/, https://qlik.dev/apis/rest/oauth-clients/.
"""

from __future__ import annotations

from typing import Any

from .assertions import check_public_key
from .errors import ApiError
from .models import Client

APP_TYPES = {"web", "native", "spa", "anonymous-embed"}
GRANT_TYPES = {"client_credentials", "urn:qlik:oauth:user-impersonation"}
AUTH_METHODS = {"client_secret", "private_key_jwt"}
LISTS = ("allowedGrantTypes", "allowedAuthMethods", "allowedScopes", "redirectUris", "allowedOrigins")
TEXTS = ("clientName", "appType", "description", "logoUri", "clientUri")
KEPT = ("redirectUris", "allowedOrigins", "logoUri", "clientUri")


def check_create(body: Any) -> dict[str, Any]:
    """The body of a create, or a 400 that says what is wrong with it."""
    require(isinstance(body, dict), "The body must be an object")
    require(bool(body.get("clientName")), "clientName is required")
    for name in TEXTS:
        require(is_text(body.get(name, "")), f"{name} must be a string")
    require(body.get("appType") in APP_TYPES, f"appType must be one of {', '.join(sorted(APP_TYPES))}")
    for name in LISTS:
        require(is_list_of_text(body.get(name, [])), f"{name} must be an array of strings")
    require(is_list(body.get("publicKeys", [])), "publicKeys must be an array")
    consent = body.get("connectionConfig", {})
    require(isinstance(consent, dict) and consent.get("consentMethod", "trusted") == "trusted", "consent is trusted")
    return dict(body)


def check_combinations(client: Client) -> None:
    grants, methods = set(client.grant_types), set(client.auth_methods)
    require(grants <= GRANT_TYPES, "unsupported allowedGrantTypes")
    require(not grants or client.app_type == "web", "allowedGrantTypes are for web clients only")
    require(methods <= AUTH_METHODS, "unsupported allowedAuthMethods")
    origins = client.extra.get("allowedOrigins")
    require(not origins or client.app_type == "spa", "allowedOrigins are for spa clients only")
    require(bool(client.public_keys) or "private_key_jwt" not in methods, "private_key_jwt needs publicKeys")
    for key in client.public_keys:
        check_public_key(key)


def is_text(value: Any) -> bool:
    return isinstance(value, str)


def is_list(value: Any) -> bool:
    return isinstance(value, list)


def is_list_of_text(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def is_consent(value: Any) -> bool:
    return value in ("required", "trusted")


def require(holds: bool, detail: str) -> None:
    if not holds:
        raise ApiError(400, "Invalid request", detail=detail)
