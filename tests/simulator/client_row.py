# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""OAuth clients and their secrets as JSON.

Sources: https://qlik.dev/apis/org-rest/core/oauth-clients/, https://qlik.dev/apis/rest/oauth-clients/.
"""

from __future__ import annotations

from typing import Any

from .models import Client, Secret
from .readings import Readings
from .timestamps import write_timestamp


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
        "createdAt": creation_date(client.created_at, readings),
        "updatedAt": change_date(client.updated_at, readings),
        "publishedAt": change_date(client.published_at, readings),
        "disableTag": client.disable_tag,
        "createdByType": client.created_by_type,
    }
    return {name: value for name, value in row.items() if value is not None} | client.extra


def secret_row(secret: Secret, readings: Readings) -> dict[str, Any]:
    row = {
        "hint": secret.hint,
        "createdAt": creation_date(secret.created_at, readings),
        "createdBy": secret.created_by,
    }
    return {name: value for name, value in row.items() if value is not None}


def creation_date(epoch: float, readings: Readings) -> str:
    return write_timestamp(epoch, 9 if readings.b("C10") else 3)


def change_date(epoch: float | None, readings: Readings) -> str | None:
    return None if epoch is None else write_timestamp(epoch, 6 if readings.b("C10") else 3)
