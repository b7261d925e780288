# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Apps and data files of a tenant, as bytes.

Sources: https://qlik.dev/apis/rest/apps/, https://qlik.dev/apis/rest/data-files/.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .errors import ApiError
from .messages import Call, Reply
from .models import Tenant
from .multipart import Part, read_parts
from .resources import Collection, Kind, invalid
from .routing import Endpoint
from .service import Service
from .state import Ids, State

BINARY = "application/octet-stream"


def invent(ids: Ids, state: State, tenant: Tenant) -> list[dict[str, Any]]:
    return []


APPS = Kind("apps", invent)
EXPORTS = Kind("temp-contents", invent)
DATA_FILES = Kind("data-files", invent)


class TenantFiles:
    def __init__(self, service: Service) -> None:
        self._apps = Collection(service, APPS)
        self._exports = Collection(service, EXPORTS)
        self._files = Collection(service, DATA_FILES)

    def endpoints(self) -> list[Endpoint]:
        return [
            Endpoint("POST", f"{APPS.path}/import", self.import_app, 2),
            Endpoint("GET", APPS.path + "/{id}", self._apps.get),
            Endpoint("POST", APPS.path + "/{id}/export", self.export_app, 2),
            Endpoint("GET", EXPORTS.path + "/{id}", self.download),
            Endpoint("POST", DATA_FILES.path, self.upload, 2),
            Endpoint("GET", DATA_FILES.path + "/{id}", self._files.get),
            Endpoint("DELETE", DATA_FILES.path + "/{id}", self._files.delete, 2),
        ]

    def import_app(self, call: Call) -> Reply:
        media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != BINARY or not call.body:
            raise invalid(f"the body must be an app, as {BINARY}")
        name = call.query.get("name") or "Untitled"
        return Reply(201, self._apps.add(call, call.body, **described(name, call.body)).body)

    def export_app(self, call: Call) -> Reply:
        export = self._exports.add(call, self._apps.find(call).content)
        return Reply(201, headers={"Location": f"{EXPORTS.path}/{export.id}"})

    def download(self, call: Call) -> Reply:
        return Reply(content=self._exports.find(call).content, media_type=BINARY)

    def upload(self, call: Call) -> Reply:
        parts = read_parts(call.headers.get("content-type", ""), call.body)
        if "File" not in parts or not set(parts) <= {"File", "Json"}:
            raise invalid("the parts are File and, if wanted, Json")
        file = parts["File"]
        name = read_settings(parts.get("Json")).get("name") or file.file_name
        if not name:
            raise invalid("the file has no name")
        return Reply(201, self._files.add(call, file.content, **described(name, file.content)).body)


def described(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def read_settings(part: Part | None) -> dict[str, Any]:
    try:
        settings = json.loads(part.content) if part else {}
    except (ValueError, RecursionError):
        raise ApiError(400, "The part Json is not well-formed") from None
    if not isinstance(settings, dict) or not isinstance(settings.get("name", ""), str):
        raise invalid("Json is an object whose name is a string")
    return settings
