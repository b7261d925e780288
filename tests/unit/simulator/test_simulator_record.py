# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record, and what never enters it."""

from __future__ import annotations

import hashlib
import os
import threading
import time

import pytest
import requests

from simulator import Fault, Simulator

TENANTS = "/api/core/tenants"


def test_what_is_recorded(call):
    call("POST", f"{TENANTS}/actions/filter?limit=3", json={"filter": "bad"}, headers={"X-Mark": "1"})
    entry = call.sim.record[-1]
    token = call.headers["Authorization"].split()[1]
    assert (entry.method, entry.host, entry.path) == ("POST", "console.qlikcloud.com", f"{TENANTS}/actions/filter")
    assert (entry.query, entry.body, entry.status) == ({"limit": "3"}, {"filter": "bad"}, 400)
    assert entry.headers["x-mark"] == "1"
    assert entry.token == hashlib.sha256(token.encode()).hexdigest()[:12]


def test_no_secret_is_recorded(call):
    call("GET", TENANTS)
    call("POST", "/oauth/token", data={"client_id": call.sim.client_id, "client_secret": call.sim.client_secret})
    text = requests.get(f"{call.sim.proxy_url}/record", timeout=5).text
    assert len(call.sim.record) == 3
    assert call.sim.client_secret not in text
    assert call.headers["Authorization"].split()[1] not in text


def test_counting(call):
    call.walk(limit=10)
    record = call.sim.record
    assert record.count("GET", TENANTS) == 3
    assert record.count("GET", "/api/core/*", host="console.*", status=200) == 3
    assert record.count("POST") == record.count(path="/oauth/token") == 1
    assert record.count(status=500) == 0
    assert len(record) == 4


def test_connections(call):
    call.walk(limit=10)
    assert call.sim.record.connections == 1
    call.session.close()
    call("GET", TENANTS)
    assert call.sim.record.connections == 2


def test_record_over_http(call):
    call("GET", TENANTS)
    url = call.sim.proxy_url
    entries = requests.get(f"{url}/record", timeout=5).json()
    assert [entry["path"] for entry in entries] == ["/oauth/token", TENANTS]
    assert requests.post(f"{url}/reset-record", timeout=5).status_code == 204
    assert requests.get(f"{url}/record", timeout=5).json() == []


def test_the_environment(call):
    sim = call.sim
    assert sim.environment == {
        "HTTPS_PROXY": sim.proxy_url,
        "https_proxy": sim.proxy_url,
        "NO_PROXY": "",
        "no_proxy": "",
        "QLIK_CA_PATH": str(sim.ca_path),
        "QLIK_CLIENT_ID": sim.client_id,
        "QLIK_CLIENT_SECRET": sim.client_secret,
    }


def test_the_folder_is_private_and_goes():
    with Simulator() as sim:
        folder = sim.ca_path.parent
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert not folder.exists()


@pytest.mark.parametrize("fault", ["* latency seconds=30", "GET /api drip seconds=30"])
def test_leaving_is_quick_and_final(new_caller, fault):
    with Simulator() as sim:
        call = new_caller(sim).log_in()
        sim.faults.append(Fault.parse(fault))
        outcome = []
        waiting = threading.Thread(target=lambda: outcome.append(_fails(call)))
        waiting.start()
        time.sleep(0.1)
        before = time.monotonic()
    assert time.monotonic() - before < 1
    waiting.join(5)
    assert outcome == [True]
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{sim.proxy_url}/record", timeout=5)
    assert "simulator" not in [thread.name for thread in threading.enumerate()]


def _fails(call):
    try:
        call("GET", TENANTS)
    except requests.RequestException:
        return True
    return False


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_process_stops_nothing(call):
    child = os.fork()
    if child == 0:
        call.sim.__exit__(None, None, None)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert call.sim.ca_path.exists()
    assert call("GET", TENANTS).status_code == 200


def test_two_at_once(open_simulator):
    first, second = open_simulator().log_in(), open_simulator(tenants=3).log_in()
    assert (len(first.walk()), len(second.walk())) == (25, 3)


def test_many_callers(open_simulator, new_caller):
    call = open_simulator(tenants=200).log_in()
    callers = [new_caller(call.sim) for _unused in range(8)]
    sizes = []

    def walk(caller):
        caller.headers = call.headers
        sizes.append(len(caller.walk(limit=50)))

    threads = [threading.Thread(target=walk, args=(caller,)) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sizes == [200] * 8


@pytest.mark.parametrize(
    "options", [{"regions": ("mars",)}, {"regions": ()}, {"tenants": -1}, {"subscriptions": 0}, {"names": "odd"}]
)
def test_wrong_arguments(options):
    with pytest.raises(ValueError, match=r"regions|tenants|names"):
        Simulator(**options)
