# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the event source without pauses for so many looks: `polls.py LOOKS`.

Prints, after a tenth of them and in the end, the seconds of CPU time so far, and the MiB held at the most.
"""

from __future__ import annotations

import asyncio
import os
import resource
import runpy
import sys
from pathlib import Path
from typing import Any

from benchmarks.workplace import KIB, MIB

SOURCE = Path("ansible_collections", "qlikops", "cloud", "extensions", "eda", "plugins", "event_source", "tenants.py")


class Nobody:
    """Takes every event."""

    async def put(self, event: dict[str, Any]) -> None:
        """Forget it."""


def report() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(used.ru_utime + used.ru_stime, used.ru_maxrss * KIB / MIB, flush=True)


async def main(looks: int) -> None:
    """The client is that of the environment."""
    source = runpy.run_path(str(Path(os.environ["ANSIBLE_COLLECTIONS_PATH"].split(os.pathsep)[0], SOURCE)))
    sys.path.insert(0, source["ROOT"])
    from ansible_collections.qlikops.cloud.plugins.module_utils import _event_source, _tenant_watch

    done, over, look = [], asyncio.Event(), _tenant_watch.TenantWatch.look
    loop = asyncio.get_running_loop()

    def counted(watch: Any) -> int:
        found = look(watch)
        done.append(found)
        if len(done) in (looks // 10, looks):
            report()
        if len(done) == looks:
            loop.call_soon_threadsafe(over.set)
        return found

    _tenant_watch.TenantWatch.look = counted  # type: ignore[assignment,method-assign]
    _event_source._Rounds._pause = 0.0  # type: ignore[assignment,method-assign]
    watching = asyncio.create_task(source["main"](Nobody(), {"state_file": "state.db"}))
    await asyncio.wait([watching, asyncio.create_task(over.wait())], return_when=asyncio.FIRST_COMPLETED)
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
