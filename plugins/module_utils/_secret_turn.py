# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states of oauth_client_secret that turn over the secret of an entry of the book. Private to this collection."""

from __future__ import annotations

import contextlib
from urllib.parse import urlsplit

from ansible_collections.qlikops.cloud.plugins.module_utils._book_entry import BookEntry
from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import from_environment, variable_of
from ansible_collections.qlikops.cloud.plugins.module_utils._encrypted import File
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError, QlikError
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Options, Result
from ansible_collections.qlikops.cloud.plugins.module_utils._rotation import (
    KEPT,
    NOTHING,
    PREVIOUS,
    RETIRED,
    ROTATED,
    Door,
    Rotation,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target
from ansible_collections.qlikops.cloud.plugins.module_utils._watch import Watch

BOOK = "credentials_file"
TURNS = (ROTATED, RETIRED)
NOT_FOR_TURNS = ("client", "hint", "keep", "own_hint", "client_id", "client_secret", "private_key", "key_id")
_SUMMARIES = {
    ROTATED: "rotated; the secret now is {hint}, and {old} is good until it is retired after {until}",
    RETIRED: "retired the secret {old}",
    KEPT: "left as it is, since the secret before, {old}, is good until it is retired after {until}",
    NOTHING: "has no secret to retire",
}


def is_turn(options: Options) -> bool:
    return options["state"] in TURNS


def turn(invocation: Invocation) -> Result:
    """Rotate the secret of an entry, or retire the one before it."""
    options = invocation.options
    _demand_sense(options)
    file = invocation.open_file(_book(options), options["max_wait"])
    with contextlib.nullcontext() if invocation.check_mode else file.alone():
        door, host = _door(invocation)
        rotation = Rotation(BookEntry.of_host(file, host), door, invocation.check_mode)
        before = rotation.entry.read()
        try:
            status = _turned(rotation, options)
        except QlikError as error:
            error.changed = error.changed or bool(rotation.entry.document.touched)
            raise
        return _result(rotation, status, before, file, invocation)


def _turned(rotation: Rotation, options: Options) -> str:
    if options["state"] == RETIRED:
        return rotation.retire()
    status = rotation.rotate(options["keep_days"])
    if options["retire_now"]:
        rotation.retire(at_once=True)
        return RETIRED if status == KEPT else ROTATED
    return status


def _demand_sense(options: Options) -> None:
    for name in NOT_FOR_TURNS:
        if options[name] is not None:
            raise ConfigurationError(
                f"With 'state: {options['state']}', the entry of {BOOK} says what is meant; leave out {name}."
            )
    if options["keep_days"] < 1:
        raise ConfigurationError(
            "The option keep_days must be at least 1, since the run itself was started with the old secret; "
            "to remove that at once all the same, say 'retire_now: true'."
        )


def _book(options: Options) -> str:
    name = options[BOOK] or from_environment(BOOK)
    if not name:
        raise ConfigurationError(f"Name the credential book by {BOOK}, or by {variable_of(BOOK)}.")
    return str(name)


def _door(invocation: Invocation) -> tuple[Door, str | None]:
    """The host where the client is managed, by its name; None for the console. Raises ConfigurationError."""
    options = invocation.options
    connection = Connection.from_options(options, invocation.run_dir)
    url = connection.url_of(options["host"])
    target = Target.of(url, connection.console_url)
    if target.is_register:
        raise ConfigurationError(
            f"The secret for {target.hostname} can only be regenerated in My Qlik; 'rotate' of the role credentials leads "
            "through that."
        )
    door = Door(connection, url, target.is_console, Watch(options["prove_timeout"]), invocation.warn)
    return door, None if target.is_console else urlsplit(url).hostname


def _result(rotation: Rotation, status: str, before: Result, file: File, invocation: Invocation) -> Result:
    after = before if invocation.check_mode else rotation.entry.read()
    previous = after.get(PREVIOUS) or {}
    old = (before.get(PREVIOUS) or previous).get("hint")
    words = {"hint": after.get("hint"), "old": old, "until": previous.get("retire_after")}
    would_change = invocation.check_mode and status in TURNS
    told = {
        "status": status,
        "summary": _SUMMARIES[status].format(**words),
        "client": after["client_id"],
        "hint": after.get("hint"),
        "previous_hint": previous.get("hint"),
        "retire_after": previous.get("retire_after"),
        "path": str(file),
    }
    diff = {"diff": {"prepared": "".join(f"{name}\n" for name in rotation.entry.document.touched)}}
    changed = would_change or bool(rotation.entry.document.touched)
    return {"changed": changed, **told, **(diff if invocation.diff else {})}
