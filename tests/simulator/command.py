# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command `python -m simulator`."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from .faults import KINDS, Fault
from .readings import READINGS
from .simulator import NAMES, Simulator

USAGE = "python -m simulator [options] [-- COMMAND ...]"
GRACE = 3.0


class Parser(argparse.ArgumentParser):
    """One sentence per mistake."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(2, f"simulator: {message} (see --help)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    simulator, command = read_arguments(sys.argv[1:] if arguments is None else arguments)
    with stopped_by_signals() as stop:
        try:
            with simulator:
                return run(command, simulator, stop) if command else serve(simulator, stop)
        except OSError as error:
            return complain(f"cannot start: {error.strerror or error}", 1)


def read_arguments(arguments: Sequence[str]) -> tuple[Simulator, list[str]]:
    split = arguments.index("--") if "--" in arguments else len(arguments)
    parser = build_parser()
    options = parser.parse_args(arguments[:split])
    command = list(arguments[split + 1 :])
    try:
        simulator = build_simulator(options)
        if options.credentials:
            options.credentials.write_text(json.dumps(simulator.credentials, indent=2), encoding="utf-8")
    except (ValueError, OSError) as error:
        parser.error(str(error))
        raise
    return simulator, command


def build_simulator(options: argparse.Namespace) -> Simulator:
    readings = [reading.partition("=")[::2] for reading in options.reading]
    if not 0 <= options.port <= 65535:
        raise ValueError("a port is a number from 0 to 65535")
    if options.latency < 0:
        raise ValueError("a latency cannot be negative")
    return Simulator(
        tenants=options.tenants,
        subscriptions=options.subscriptions,
        regions=[label.strip() for label in options.regions.split(",") if label.strip()],
        seed=options.seed,
        latency=options.latency / 1000,
        readings=dict(readings),
        faults=[Fault.parse(text) for text in options.fault],
        rate_limits=options.rate_limits,
        names=options.names,
        port=options.port,
        token_life=options.token_life,
        listing_delay=options.listing_delay,
        readiness_delay=options.readiness_delay,
        secret_delay=options.secret_delay,
        removal_delay=options.removal_delay,
    )


def build_parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="python -m simulator",
        usage=USAGE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="A Qlik Cloud on loopback, behind an HTTPS proxy and under its real host names.\n"
        "With a COMMAND: runs it with the environment set, then stops and exits with its status.\n"
        "Without: prints the environment as shell lines and serves until Ctrl-C.",
        epilog=epilog(),
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("--tenants", type=int, default=25, metavar="N", help="number of tenants (25)")
    add("--subscriptions", type=int, default=2, metavar="N", help="number of subscriptions (2)")
    add("--regions", default="us,eu", metavar="LABELS", help="region labels, separated by commas (us,eu)")
    add("--seed", type=int, default=1, metavar="N", help="another seed invents other tenants (1)")
    add("--latency", type=float, default=0.0, metavar="MS", help="milliseconds before each answer (0)")
    add("--reading", action="append", default=[], metavar="ROW=A|B", help="play statement A or B of a row; repeatable")
    add("--fault", action="append", default=[], metavar="SPEC", help="a scripted fault; repeatable")
    add("--names", choices=NAMES, default="plain", help="hostile: names that attack templates and terminals")
    add("--no-rate-limits", dest="rate_limits", action="store_false", help="never answer 429 for too many requests")
    add("--token-life", type=int, metavar="SECONDS", help="how long tokens live (21600)")
    add("--listing-delay", type=float, default=0.0, metavar="SECONDS", help="until a created tenant is listed (0)")
    add("--readiness-delay", type=float, default=0.0, metavar="SECONDS", help="until a created tenant answers (0)")
    add("--secret-delay", type=float, default=0.0, metavar="SECONDS", help="until an added secret opens (0)")
    add("--removal-delay", type=float, default=0.0, metavar="SECONDS", help="until a removed secret opens no more (0)")
    add("--credentials", type=Path, metavar="FILE", help="write a credentials_file that opens everything there is")
    add("--port", type=int, default=0, metavar="N", help="port of the proxy (any free one)")
    return parser


def epilog() -> str:
    faults = [f"  {kind:14} {meaning}" for kind, meaning in KINDS.items()]
    readings = [
        f"  {row:4} A: {reading.a}; B: {reading.b}" + (f"; default: {reading.both}" if reading.both else "")
        for row, reading in READINGS.items()
    ]
    return "\n".join(
        [
            "faults: '[METHOD] [HOST][/PATH] KIND [times=N] [after=N] [every=N] [OPTION=VALUE ...]':",
            "  --fault 'GET /api/core/tenants status=503 times=2 retry_after=1'",
            "  --fault 'POST console.qlikcloud.com/oauth/token cut times=1'",
            "  --fault 'POST /api/v1/tenants lost times=1'   --fault 'GET /api/v1/spaces status=503 every=3'",
            "  --fault '* latency=0.2'   --fault '/api redirect=other'   --fault '/api shape=list'",
            *faults,
            "",
            "readings (defaults: A for "
            + ", ".join(row for row in READINGS if READINGS[row].default == "A")
            + "; else B)",
            *readings,
            "",
            "GET /record of the proxy answers what was asked, POST /reset-record forgets it.",
        ]
    )


class Stop(threading.Event):
    """Set by a signal, whose number it keeps."""

    number = 0

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.number = number
        self.set()


@contextmanager
def stopped_by_signals() -> Iterator[Stop]:
    stop = Stop()
    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def serve(simulator: Simulator, stop: Stop) -> int:
    for name, value in simulator.environment.items():
        print(f"export {name}={quote(value)}", flush=True)
    print(
        "simulator: paste these lines into the shell that shall use it; Ctrl-C stops it.", file=sys.stderr, flush=True
    )
    stop.wait()
    return 0


def run(command: list[str], simulator: Simulator, stop: Stop) -> int:
    try:
        process = subprocess.Popen(command, env={**os.environ, **simulator.environment})
    except FileNotFoundError:
        return complain(f"there is no command {command[0]}", 127)
    except OSError as error:
        return complain(f"cannot run {command[0]}: {error.strerror}", 126)
    code = wait(process, stop)
    return code if code >= 0 else 128 - code


def wait(process: subprocess.Popen[bytes], stop: Stop) -> int:
    """Ctrl-C reaches the command by itself; one that stays is told to end, then killed."""
    while not stop.is_set():
        with suppress(subprocess.TimeoutExpired):
            return process.wait(0.1)
    if stop.number == signal.SIGINT:
        with suppress(subprocess.TimeoutExpired):
            return process.wait(GRACE)
    for end in (process.terminate, process.kill):
        end()
        with suppress(subprocess.TimeoutExpired):
            return process.wait(GRACE)
    return process.wait()


def quote(value: str) -> str:
    return "'" + value.replace("'", "'\\''") + "'"


def complain(message: str, code: int) -> int:
    print(f"simulator: {message}", file=sys.stderr)
    return code
