# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The register host of a region. Its token endpoint and the calls of a tenant's life belong here; it has none yet."""

from __future__ import annotations

from .routing import Endpoint
from .service import Service


class RegisterHost:
    def __init__(self, service: Service) -> None:
        self._service = service

    def endpoints(self) -> list[Endpoint]:
        return []
