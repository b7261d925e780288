# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make demo` shows: the inventory, two plays on the tenants of one region, and a report on all of them."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
INTERRUPTED = 130
SOURCE = "examples/org.qlik.yml"
REPORT = ".venv/estate.html"
SETTINGS = {
    "ANSIBLE_CONFIG": str(ROOT / "examples" / "ansible.cfg"),
    "ANSIBLE_NOCOWS": "1",
    "QLIK_TOKEN_CACHE": "run",
}
OUTRO = """
That was a simulator on this machine. With an organization of your own:

  1. In the Cloud Console (console.qlikcloud.com/admin/oauth) create a machine-to-machine OAuth client
     and keep its id and secret.
  2. export QLIK_CLIENT_ID=...   QLIK_CLIENT_SECRET=...
  3. make inventory

README.md says how to go on from there.
"""


def main() -> int:
    say("The tenants of an organization, each one a host in the groups of its region, country, subscription, status:")
    show("ansible-inventory", "-i", SOURCE, "--graph")
    say("A play on every tenant of the region eu:")
    show("ansible-playbook", "-i", SOURCE, "examples/name_tenants.yml", "-e", "target=qlik_region_eu")
    say("A module of the collection, run for each of these tenants without starting a process of its own:")
    show("ansible-playbook", "-i", SOURCE, "examples/license_ends.yml", "-e", "target=qlik_region_eu")
    say("A page about all of them, to open in a browser:")
    show("ansible-playbook", "-i", SOURCE, "qlikops.cloud.estate_report", "-e", f"report_path={REPORT}")
    print(OUTRO)
    return 0


def interruptible() -> int:
    try:
        return main()
    except KeyboardInterrupt:
        return INTERRUPTED


def say(sentence: str) -> None:
    print(f"\n{sentence}\n", flush=True)


def show(program: str, *arguments: str) -> None:
    """Run one of ansible's programs as a user would, in the checkout, and stop the demonstration when it fails."""
    print(f"$ {shlex.join([program, *arguments])}", flush=True)
    done = subprocess.run([PROGRAMS / program, *arguments], cwd=ROOT, env={**os.environ, **SETTINGS}, check=False)
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    sys.exit(interruptible())
