# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The event source: looks at intervals, and hands what happened to the rules. Private to this collection.

All that waits for the network or for a disk does so in a thread, so that the event loop goes on with the rules.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import re
import tempfile
import threading
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path

from ansible_collections.qlikops.cloud.plugins.module_utils._book_file import read_book
from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import from_environment, variable_of
from ansible_collections.qlikops.cloud.plugins.module_utils._credential_sources import CredentialSources
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import DIRECT, PROOFS, Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import QlikError, is_outage
from ansible_collections.qlikops.cloud.plugins.module_utils._event_memory import EventMemory, Pending
from ansible_collections.qlikops.cloud.plugins.module_utils._event_options import settled
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target
from ansible_collections.qlikops.cloud.plugins.module_utils._tenant_watch import TenantWatch

FEEDBACK = "eda_feedback_queue"  # what ansible-rulebook calls the way back, when the source asks for feedback
FEEDBACK_WAIT = 30.0  # seconds
LONGEST_PAUSE = 900.0  # seconds between looks that fail
MOST_DOUBLINGS = 10
MOMENT = 0.01  # seconds
EXPOSED = (
    "ansible-rulebook writes its environment in plain text into a temporary folder for each playbook that it runs, and "
    "leaves it there when it is killed. Keep the secret in a credentials_file under Ansible Vault."
)

log = logging.getLogger("qlikops.cloud.tenants")
T = t.TypeVar("T")
Feedback = asyncio.Queue[dict[str, t.Any]]


class Queue(t.Protocol):
    """The way to the rules."""

    async def put(self, item: dict[str, t.Any]) -> None:
        """Returns when there was room for it."""


async def run(queue: Queue, arguments: dict[str, t.Any]) -> None:
    """Watch until cancelled. Raises QlikError for what waiting does not mend: wrong options, a first look refused."""
    try:
        await _run(queue, arguments)
    except QlikError as error:
        # ansible-rulebook prints each step to where an error comes from, under the sentence that tells all
        raise error.with_traceback(None) from None


async def _run(queue: Queue, arguments: dict[str, t.Any]) -> None:
    options = settled({name: value for name, value in arguments.items() if name != FEEDBACK})
    for variable in (variable_of(name) for name in PROOFS if from_environment(name)):
        log.warning("%s is set: %s", variable, EXPOSED)
    # a thread that nobody waits for any more may still write there
    with tempfile.TemporaryDirectory(prefix="qlikops-events-", ignore_cleanup_errors=True) as run_dir:
        memory = await _aside(lambda: EventMemory(_state_file(options)))
        try:
            watch = await _aside(lambda: _watch(options, memory, run_dir))
            times = options["poll_interval"], options["tell_again_within"]
            await _Rounds(watch, queue, arguments.get(FEEDBACK), *times).repeat()
        finally:
            memory.close()


@dataclass
class _Rounds:
    """Deliver, look, deliver, wait, and so on; hold is how many seconds an event is kept that was told.

    So whoever is killed before the rules had time to act tells once more. An event that was taken in a run before is
    struck as soon as it is taken again, and any event when the engine confirms it. Marks outlive this process without
    waiting for the disk, so that hardly a moment lies between an event that is taken and its mark.
    """

    watch: TenantWatch
    queue: Queue
    feedback: Feedback | None
    interval: float
    hold: float
    failures: int = 0
    has_looked: bool = False
    told: int = 0

    async def repeat(self) -> None:
        try:
            while True:
                await self._once()
                await asyncio.sleep(self._pause)
        finally:
            self.watch.stop()

    @property
    def _pause(self) -> float:
        return min(self.interval * 2.0**self.failures, max(self.interval, LONGEST_PAUSE))

    async def _once(self) -> None:
        try:
            self.watch.memory.strike_told(time.time() - self.hold)
            await self._deliver()
            number = await _aside(self.watch.look)
            self.has_looked = True
            await self._deliver()
        except QlikError as error:
            if not (self.has_looked or is_outage(error)):
                raise
            self.failures = min(self.failures + 1, MOST_DOUBLINGS)
            log.error("%s Looking again in %.0f seconds.", error, self._pause)
        else:
            self.failures = 0
            log.info("%d tenants", number)

    async def _deliver(self) -> None:
        for pending in await _aside(self.watch.memory.pending):
            if pending.number > self.told:
                await self.queue.put({**pending.event, "meta": {"uuid": pending.event["id"]}})
                self.told = pending.number
                if await self._is_confirmed(pending) or pending.was_told:
                    self.watch.memory.strike(pending.number)
                else:
                    self.watch.memory.mark(pending.number, time.time())

    async def _is_confirmed(self, pending: Pending) -> bool:
        """Wait until an event is taken; whether the engine confirms it. It does not confirm what a filter drops."""
        with contextlib.suppress(asyncio.TimeoutError):
            while self.feedback:
                if (await asyncio.wait_for(self.feedback.get(), FEEDBACK_WAIT))["id"] == pending.event["id"]:
                    return True
        while not _is_empty(self.queue):
            await asyncio.sleep(MOMENT)
        return False


def _is_empty(queue: t.Any) -> bool:
    """Whether all was taken, as far as the queue tells; filters wrap it."""
    is_empty = getattr(getattr(queue, "queue", queue), "empty", lambda: True)
    return bool(is_empty())


def _watch(options: dict[str, t.Any], memory: EventMemory, run_dir: str) -> TenantWatch:
    return TenantWatch(
        Connection.from_options(options, run_dir),
        lambda: _credential(options),
        memory,
        tuple(options["license_ends_within"]),
        options["organization"],
        options["expect_at_least"],
        log.warning,
    )


def _credential(options: dict[str, t.Any]) -> Credential:
    url = Connection.from_options(options, None).console_url
    written = {name: options[name] for name in DIRECT if options[name]}
    sources = CredentialSources("the event source", written, None, options["credentials_file"], read_book)
    return sources.find(Target.of(url, url))


def _state_file(options: dict[str, t.Any]) -> Path:
    base = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    label = re.sub(r"\W", "_", options["organization"] or "")
    name = "-".join(filter(None, ("tenants", label)))
    return Path(options["state_file"] or os.path.join(base, "qlikops.cloud", f"{name}.db"))


async def _aside(work: t.Callable[[], T]) -> T:
    """What work returns or raises. It is not waited for when the task is cancelled, nor when Python ends."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.cancelled():
            return
        if error:
            done.set_exception(error)
        else:
            done.set_result(t.cast(T, result))

    def perform() -> None:
        result, problem = None, None
        try:
            result = work()
        except BaseException as error:
            problem = error
        with contextlib.suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(settle, result, problem)

    threading.Thread(target=perform, daemon=True).start()
    return await done
