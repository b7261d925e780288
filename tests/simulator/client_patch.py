# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a patch may change of an OAuth client.

Sources: https://qlik.dev/apis/org-rest/core/oauth-clients/, https://qlik.dev/apis/rest/oauth-clients/.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from .client_body import check_combinations, is_consent, is_list, is_list_of_text, is_text, require
from .messages import Call
from .models import Client

Paths = Mapping[str, Callable[[Any], bool]]

NAME, CONSENT = "/clientName", "/connectionConfig/consentMethod"
NARROW_PATHS: Paths = {NAME: is_text, "/description": is_text, "/allowedScopes": is_list_of_text}
WIDE_PATHS: Paths = {**NARROW_PATHS, "/allowedAuthMethods": is_list_of_text, CONSENT: is_consent}
TENANT_PATHS: Paths = {
    **NARROW_PATHS,
    "/allowedAuthMethods": is_list_of_text,
    "/allowedGrantTypes": is_list_of_text,
    "/publicKeys": is_list,
    "/redirectUris": is_list_of_text,
    "/allowedOrigins": is_list_of_text,
    "/clientUri": is_text,
    "/logoUri": is_text,
}
TEXTS = {NAME: "client_name", "/description": "description", CONSENT: "consent_method"}
LISTS = {
    "/allowedScopes": "scopes",
    "/allowedAuthMethods": "auth_methods",
    "/allowedGrantTypes": "grant_types",
    "/publicKeys": "public_keys",
}


def read_patch(call: Call, paths: Paths, operators: tuple[str, ...]) -> list[dict[str, Any]]:
    media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
    require(media_type == "application/json", "the content type must be application/json")
    body = call.json()
    require(isinstance(body, list) and bool(body), "The body must be an array of operations")
    for operation in body:
        require(isinstance(operation, dict), "An operation must be an object")
        require(operation.get("op") in operators, f"op must be one of {', '.join(operators)}")
        require(operation.get("path") in list(paths), f"path must be one of {', '.join(paths)}")
        if operation["op"] != "remove":
            require(paths[operation["path"]](operation.get("value")), "value is missing or wrong")
        require(operation["path"] != NAME or is_name(operation), "clientName cannot be removed or empty")
    return list(body)


def is_name(operation: Mapping[str, Any]) -> bool:
    return operation["op"] != "remove" and bool(operation["value"])


def patch_client(client: Client, operations: list[dict[str, Any]]) -> None:
    """Nothing changes unless everything can."""
    trial = replace(client, extra=dict(client.extra))
    for operation in operations:
        apply(trial, operation)
    check_combinations(trial)
    vars(client).update(vars(trial))


def apply(client: Client, operation: Mapping[str, Any]) -> None:
    path, value = operation["path"], None if operation["op"] == "remove" else operation["value"]
    if path in LISTS:
        setattr(client, LISTS[path], value or [])
    elif path in TEXTS:
        setattr(client, TEXTS[path], value)
    elif value is None:
        client.extra.pop(path[1:], None)
    else:
        client.extra[path[1:]] = value
