# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The OAuth clients of a tenant, on its own host.

A published client stays with its tenant here: how the others of the region meet it is not played.

Source: https://qlik.dev/apis/rest/oauth-clients/.
"""

from __future__ import annotations

from .client_body import is_consent
from .client_patch import TENANT_PATHS, Paths, read_patch
from .client_room import ATTRIBUTES, SORT_KEYS, ClientRoom, Level
from .client_row import change_date
from .messages import Call, Reply
from .models import TENANT
from .readings import Readings
from .routing import Endpoint
from .scim import Attribute
from .selection import by_name
from .service import Service
from .tenant_filter import present

CONSENT_PATHS: Paths = {"/consentMethod": is_consent}


def patch_paths(readings: Readings) -> Paths:
    return TENANT_PATHS


LEVEL = Level(
    TENANT,
    "/api/v1/oauth-clients",
    ("user_default",),
    patch_paths,
    attributes={**ATTRIBUTES, **by_name([Attribute("tenantId", lambda client: present(client.tenant_id))])},
    sort_keys={**SORT_KEYS, "tenantId": lambda client: client.tenant_id},
)


class TenantClients:
    def __init__(self, service: Service) -> None:
        self._service = service
        self._room = ClientRoom(service, LEVEL)

    def endpoints(self) -> list[Endpoint]:
        connection = f"{LEVEL.one}/connection-configs/me"
        return [
            *self._room.endpoints(),
            LEVEL.endpoint("POST", f"{LEVEL.one}/actions/publish", self.publish),
            LEVEL.endpoint("GET", connection, self.connection),
            LEVEL.endpoint("PATCH", connection, self.consent),
            LEVEL.endpoint("DELETE", connection, self.disconnect),
        ]

    def publish(self, call: Call) -> Reply:
        client = self._room.find(call)
        client.published_at = self._service.clock()
        return Reply(201, {"publishedAt": change_date(client.published_at, self._service.readings)})

    def connection(self, call: Call) -> Reply:
        return Reply(body={"consentMethod": self._room.find(call).consent_method or "required"})

    def consent(self, call: Call) -> Reply:
        client = self._room.find(call)
        for operation in read_patch(call, CONSENT_PATHS, ("replace",)):
            client.consent_method = operation["value"]
        return Reply(204)

    def disconnect(self, call: Call) -> Reply:
        self._room.find(call).consent_method = None
        return Reply(204)
