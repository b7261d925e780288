# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth clients: their JSON, and what a create and a patch may hold.

Source: https://qlik.dev/apis/org-rest/core/oauth-clients/.
"""

from __future__ import annotations

from typing import Any

from .assertions import check_public_key
from .errors import ApiError
from .models import Client, Secret
from .readings import Readings
from .timestamps import write_timestamp

APP_TYPES = {"web", "native", "spa", "anonymous-embed"}
GRANT_TYPES = {"client_credentials", "urn:qlik:oauth:user-impersonation"}
AUTH_METHODS = {"client_secret", "private_key_jwt"}
LISTS = ("allowedGrantTypes", "allowedAuthMethods", "allowedScopes", "redirectUris", "allowedOrigins")
TEXTS = ("clientName", "appType", "description", "logoUri", "clientUri")
KEPT = ("redirectUris", "allowedOrigins", "logoUri", "clientUri")
PATCH_PATHS = {"/clientName": str, "/description": str, "/allowedScopes": list}
WIDE_PATCH_PATHS = PATCH_PATHS | {"/allowedAuthMethods": list, "/connectionConfig/consentMethod": str}


def client_row(client: Client, readings: Readings) -> dict[str, Any]:
    row = {
        "clientId": client.client_id,
        "clientName": client.client_name,
        "appType": client.app_type,
        "description": client.description,
        "allowedGrantTypes": client.grant_types or None,
        "allowedAuthMethods": client.auth_methods or None,
        "publicKeys": client.public_keys or None,
        "allowedScopes": client.scopes or None,
        "connectionConfig": {"consentMethod": client.consent_method} if client.consent_method else None,
        "clientSecrets": [secret_row(secret, readings) for secret in client.secrets] or None,
        "createdAt": write_timestamp(client.created_at, 9 if readings.b("C10") else 3),
        "updatedAt": _updated(client, readings),
        "disableTag": client.disable_tag,
        "createdByType": client.created_by_type,
    }
    return {name: value for name, value in row.items() if value is not None} | client.extra


def _updated(client: Client, readings: Readings) -> str | None:
    return None if client.updated_at is None else write_timestamp(client.updated_at, 6 if readings.b("C10") else 3)


def secret_row(secret: Secret, readings: Readings) -> dict[str, Any]:
    row = {
        "hint": secret.hint,
        "createdAt": write_timestamp(secret.created_at, 9 if readings.b("C10") else 3),
        "createdBy": secret.created_by,
    }
    return {name: value for name, value in row.items() if value is not None}


def check_create(body: Any) -> dict[str, Any]:
    """The body of a create, or a 400 that says what is wrong with it."""
    _require(isinstance(body, dict), "The body must be an object")
    _require(bool(body.get("clientName")), "clientName is required")
    for name in TEXTS:
        _require(isinstance(body.get(name, ""), str), f"{name} must be a string")
    _require(body.get("appType") in APP_TYPES, f"appType must be one of {', '.join(sorted(APP_TYPES))}")
    for name in LISTS:
        _require(_is_list_of_text(body.get(name, [])), f"{name} must be an array of strings")
    _check_combinations(body)
    return dict(body)


def _check_combinations(body: dict[str, Any]) -> None:
    grants, methods = set(body.get("allowedGrantTypes", [])), set(body.get("allowedAuthMethods", []))
    keys = body.get("publicKeys", [])
    consent = body.get("connectionConfig", {})
    _require(grants <= GRANT_TYPES, "unsupported allowedGrantTypes")
    _require(not grants or body["appType"] == "web", "allowedGrantTypes are for web clients only")
    _require(methods <= AUTH_METHODS, "unsupported allowedAuthMethods")
    _require(not body.get("allowedOrigins") or body["appType"] == "spa", "allowedOrigins are for spa clients only")
    _require(isinstance(keys, list), "publicKeys must be an array")
    _require(bool(keys) or "private_key_jwt" not in methods, "private_key_jwt needs publicKeys")
    _require(isinstance(consent, dict) and consent.get("consentMethod", "trusted") == "trusted", "consent is trusted")
    for key in keys:
        check_public_key(key)


def check_patch(body: Any, readings: Readings) -> list[dict[str, Any]]:
    _require(isinstance(body, list) and bool(body), "The body must be an array of operations")
    paths = WIDE_PATCH_PATHS if readings.a("C19") else PATCH_PATHS
    for operation in body:
        _require(isinstance(operation, dict), "An operation must be an object")
        _require(operation.get("op") in ("add", "remove", "replace"), "op must be add, remove or replace")
        _require(operation.get("path") in list(paths), f"path must be one of {', '.join(paths)}")
        if operation["op"] != "remove":
            value = operation.get("value")
            wanted = paths[operation["path"]]
            _require(_is_list_of_text(value) if wanted is list else isinstance(value, str), "value has a wrong type")
        _require(operation["op"] != "remove" or operation["path"] != "/clientName", "clientName cannot be removed")
        _require(operation.get("value") != "" or operation["path"] != "/clientName", "clientName cannot be empty")
    return list(body)


def apply_patch(client: Client, operation: dict[str, Any]) -> None:
    attributes = {
        "/clientName": "client_name",
        "/description": "description",
        "/allowedScopes": "scopes",
        "/allowedAuthMethods": "auth_methods",
        "/connectionConfig/consentMethod": "consent_method",
    }
    value = operation.get("value") if operation["op"] != "remove" else None
    if value is None and operation["path"] in ("/allowedScopes", "/allowedAuthMethods"):
        value = []
    setattr(client, attributes[operation["path"]], value)


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _require(holds: bool, detail: str) -> None:
    if not holds:
        raise ApiError(400, "Invalid request", detail=detail)
