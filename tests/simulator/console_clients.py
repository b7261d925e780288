# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The organization API of OAuth clients.

Source: https://qlik.dev/apis/org-rest/core/oauth-clients/.
"""

from __future__ import annotations

from .client_patch import NARROW_PATHS, WIDE_PATHS, Paths
from .client_room import ATTRIBUTES, SORT_KEYS, ClientRoom, Level
from .models import ORGANIZATION
from .readings import Readings
from .routing import Endpoint
from .service import Service

AREA = "oauth-clients"


def patch_paths(readings: Readings) -> Paths:
    return WIDE_PATHS if readings.a("C19") else NARROW_PATHS


LEVEL = Level(
    ORGANIZATION,
    "/api/core/oauth-clients",
    ("cloud-console.tenants:read",),
    patch_paths,
    ATTRIBUTES,
    SORT_KEYS,
    AREA,
)


class ConsoleClients:
    def __init__(self, service: Service) -> None:
        self._room = ClientRoom(service, LEVEL)

    def endpoints(self) -> list[Endpoint]:
        return self._room.endpoints()
