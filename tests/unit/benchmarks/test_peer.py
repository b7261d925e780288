# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cloud of the peer."""

from __future__ import annotations

import json
import threading
from urllib.request import urlopen

import pytest

from benchmarks.peer import Peer
from benchmarks.peer_api import Api


@pytest.fixture
def url():
    with Api(servers=60, latency=0.0) as api:
        threading.Thread(target=api.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{api.server_address[1]}"
        api.shutdown()


def read(address):
    with urlopen(address) as answer:  # noqa: S310 - the address is our own
        return json.load(answer)


def test_servers_come_in_pages_of_at_most_fifty(url):
    first = read(f"{url}/servers?per_page=100")
    assert len(first["servers"]) == 50
    assert first["meta"]["pagination"]["next_page"] == 2
    second = read(f"{url}/servers?per_page=50&page=2")
    assert [row["id"] for row in second["servers"]] == list(range(51, 61))
    assert second["meta"]["pagination"]["next_page"] is None
    assert read(f"{url}/locations")["locations"] == []


def test_requests_are_counted_since_the_last_count(url):
    peer = Peer(url)
    assert peer.asked() == 0
    read(f"{url}/servers")
    read(f"{url}/locations")
    assert (peer.asked(), peer.asked()) == (2, 0)
