# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command `python -m simulator`."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

import simulator
from simulator.command import main, read_arguments

MODULE = [sys.executable, "-m", "simulator"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(simulator.__file__).parents[1])}
FETCH = (
    "import json, os, sys, urllib.request;"
    "print(json.load(urllib.request.urlopen(os.environ['HTTPS_PROXY'] + '/record')));"
    "print(os.environ['QLIK_CLIENT_ID'], os.environ['QLIK_CA_PATH'])"
)


def run(*arguments):
    return subprocess.run(
        [*MODULE, *arguments], env=ENVIRONMENT, capture_output=True, text=True, timeout=20, check=False
    )


def start(*arguments):
    return subprocess.Popen(
        [*MODULE, *arguments],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_times_are_passed_on():
    delays = {"listing": 2.0, "readiness": 3.5, "secret": 4.0, "removal": 5.5}
    options = [word for name, delay in delays.items() for word in (f"--{name}-delay", str(delay))]
    simulator, _unused = read_arguments(["--token-life", "60", *options])
    service = simulator._service
    assert service.token_life == 60
    assert {name: getattr(service, f"{name}_delay") for name in delays} == delays


def test_a_command_gets_the_environment():
    done = run("--tenants", "3", "--", sys.executable, "-c", FETCH)
    assert (done.returncode, done.stderr) == (0, "")
    record, line = done.stdout.splitlines()
    assert record == "[]"
    assert len(line.split()[0]) == 32
    assert not Path(line.split()[1]).exists()


def test_a_credentials_file_opens_everything(tmp_path):
    path = tmp_path / "book.json"
    book = "import json, sys; print(sorted(json.load(open(sys.argv[1]))))"
    done = run("--credentials", str(path), "--", sys.executable, "-c", book, str(path))
    assert done.stdout == "['organization', 'regions']\n"


def test_the_status_of_a_command():
    assert run("--", sys.executable, "-c", "raise SystemExit(7)").returncode == 7
    assert run("--", "sh", "-c", "kill -KILL $$").returncode == 137


def test_options_after_the_dashes_are_the_commands():
    assert (
        run("--", sys.executable, "-c", "import sys; print(sys.argv[1:])", "--help", "--").stdout
        == "['--help', '--']\n"
    )


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        (["--tenants", "x"], 2, "--tenants"),
        (["--tenants", "-1"], 2, "tenants"),
        (["--regions", "mars"], 2, "mars"),
        (["--reading", "C99=A"], 2, "C99"),
        (["--reading", "C3"], 2, "C3"),
        (["--fault", "GET /api"], 2, "GET /api"),
        (["--latency", "-1"], 2, "latency"),
        (["--port", "70000"], 2, "port"),
        (["--names", "odd"], 2, "odd"),
        (["--token-life", "0"], 2, "token"),
        (["--token-life", "x"], 2, "--token-life"),
        (["--listing-delay", "-1"], 2, "delay"),
        (["--readiness-delay", "-1"], 2, "delay"),
        (["--secret-delay", "-1"], 2, "delay"),
        (["--removal-delay", "-1"], 2, "delay"),
        (["--removal-delay", "x"], 2, "--removal-delay"),
        (["--unknown"], 2, "--unknown"),
        (["--", "no-such-command"], 127, "no-such-command"),
        (["--", "/"], 126, "/"),
    ],
)
def test_mistakes_take_one_sentence(capfd, arguments, status, word):
    with pytest.raises(SystemExit) as end:
        sys.exit(main(arguments))
    assert end.value.code == status
    output, errors = capfd.readouterr()
    assert (output, errors.count("\n")) == ("", 1)
    assert word in errors


def test_a_mistake_on_the_command_line():
    done = run("--regions", "mars")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


def test_help(capfd):
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    output, _unused = capfd.readouterr()
    for word in ("--fault", "C30", "echo_secret", "lost", "every=N", "--token-life", "COMMAND"):
        assert word in output


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serving_until_a_signal(number):
    server = start("--tenants", "2", "--fault", "GET /api/core/tenants status=418")
    try:
        lines = [shlex.split(server.stdout.readline()) for _unused in range(7)]
        assert {line[0] for line in lines} == {"export"}
        exported = dict(line[1].split("=", 1) for line in lines)
        answer = requests.get(
            "https://console.qlikcloud.com/api/core/tenants",
            proxies={"https": exported["HTTPS_PROXY"]},
            verify=exported["QLIK_CA_PATH"],
            timeout=5,
        )
        assert answer.status_code == 418
    finally:
        server.send_signal(number)
        output, errors = server.communicate(timeout=10)
    assert (server.returncode, output) == (0, "")
    assert errors.count("\n") == 1
    assert "Ctrl-C" in errors
    assert not Path(exported["QLIK_CA_PATH"]).parent.exists()


def test_ctrl_c_stops_the_command_too():
    server = start("--", "sh", "-c", "echo $$; exec sleep 60")
    child = int(server.stdout.readline())
    before = time.monotonic()
    os.killpg(server.pid, signal.SIGINT)
    _unused, errors = server.communicate(timeout=10)
    assert time.monotonic() - before < 2
    assert (server.returncode, errors) == (130, "")
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def test_a_stubborn_command_is_ended():
    server = start("--", sys.executable, "-c", "import time; print(1, flush=True); time.sleep(60)")
    server.stdout.readline()
    server.send_signal(signal.SIGTERM)
    server.communicate(timeout=10)
    assert server.returncode == 143


def test_a_port_that_is_taken(call):
    done = run("--port", call.sim.proxy_url.rpartition(":")[2])
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "Address already in use" in done.stderr
