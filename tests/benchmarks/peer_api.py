# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""As much of another cloud's API as its inventory plugin asks for: `python -m benchmarks.peer_api SERVERS SECONDS`."""

from __future__ import annotations

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

HIGHEST_LIMIT = 50


def server(number: int) -> dict[str, Any]:
    """An invented server in the shape of https://docs.hetzner.cloud."""
    place = ("fsn1", "nbg1", "hel1")[number % 3]
    address = ".".join(map(str, (10, number >> 16, number >> 8 & 255, number & 255)))
    return {
        "id": number + 1,
        "name": f"server-{number + 1}",
        "status": "running" if number % 9 else "off",
        "server_type": {"id": number % 5 + 1, "name": f"cx{number % 5 + 1}2", "architecture": "x86"},
        "public_net": {
            "ipv4": {"id": number + 1, "ip": address, "dns_ptr": f"s{number}.example", "blocked": False},
            "ipv6": None,
            "floating_ips": [],
            "firewalls": [],
        },
        "private_net": [],
        "datacenter": {"id": 1, "name": f"{place}-dc{number % 4}", "location": {"id": 1, "name": place}},
        "image": {"id": 7, "name": "debian-13", "os_flavor": "debian", "description": "Debian 13", "type": "system"},
        "labels": {"team": f"team-{number % 7}"},
        "volumes": [],
    }


class Api(ThreadingHTTPServer):
    """So many servers, each answer after so many seconds."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, servers: int, latency: float) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.servers, self.latency, self.asked = servers, latency, 0


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        address, api = urlsplit(self.path), self.server
        assert isinstance(api, Api)
        if address.path == "/asked":
            return self._answer({"asked": api.asked})
        api.asked += 1
        time.sleep(api.latency)
        query = dict(parse_qsl(address.query))
        page, size = int(query.get("page", 1)), min(int(query.get("per_page", 25)), HIGHEST_LIMIT)
        name = address.path.rpartition("/")[2]
        numbers = range(api.servers if name == "servers" else 0)
        rows = [server(number) for number in numbers[(page - 1) * size : page * size]]
        following = page + 1 if page * size < len(numbers) else None
        pagination = {"page": page, "per_page": size, "next_page": following, "total_entries": len(numbers)}
        return self._answer({name: rows, "meta": {"pagination": pagination}})

    def _answer(self, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, form: str, *values: Any) -> None:
        """Say nothing."""


def main(servers: str, latency: str) -> None:
    with Api(int(servers), float(latency)) as api:
        print(api.server_address[1], flush=True)
        api.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
