# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The states of oauth_client_secret that turn over the secret of an entry of the book. Private to this collection."""

from __future__ import annotations

import contextlib

from ansible_collections.qlikops.cloud.plugins.module_utils._book_entry import PREVIOUS, BookEntry
from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import from_environment, variable_of
from ansible_collections.qlikops.cloud.plugins.module_utils._encrypted import File
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError, QlikError
from ansible_collections.qlikops.cloud.plugins.module_utils._http import origin_of
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Options, Result
from ansible_collections.qlikops.cloud.plugins.module_utils._rotation import (
    KEPT,
    NOTHING,
    RETIRED,
    ROTATED,
    UNFINISHED,
    Door,
    Rotation,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target
from ansible_collections.qlikops.cloud.plugins.module_utils._watch import Watch

BOOK = "credentials_file"
LONGEST_KEPT = 3650  # days
TURNS = (ROTATED, RETIRED)
NOT_FOR_TURNS = ("client", "hint", "keep", "own_hint", "client_id", "client_secret", "private_key", "key_id")
_SUMMARIES = {
    ROTATED: "rotated; the secret now is {hint}, and {old} stays good until retired, from {until} on",
    RETIRED: "retired the secret {old}",
    KEPT: "left as it is, since the secret before, {old}, stays good until retired, from {until} on",
    NOTHING: "has no secret to retire",
    UNFINISHED: "is being rotated; store the copy of the book, and go on",
}
_REPLACED = "rotated; the secret now is {hint}, and the one before is removed"
_FORESEEN = {ROTATED: "would be rotated", RETIRED: "would have the secret {old} retired"}


def is_turn(options: Options) -> bool:
    return options["state"] in TURNS


def turn(invocation: Invocation) -> Result:
    """Rotate the secret of an entry, or retire the one before it."""
    options = invocation.options
    _demand_sense(options)
    file = invocation.open_file(_book(options), options["max_wait"])
    with contextlib.nullcontext() if invocation.check_mode else file.alone():
        door, host = _door(invocation)
        is_copy = options["book_is_copy"]
        rotation = Rotation(BookEntry.of_host(file, host, is_copy), door, invocation.check_mode, stepwise=is_copy)
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
        rotation.door.tell("With retire_now, whoever has a copy of the book as it was is shut out from now on.")
        rotation.retire(at_once=True)
        return RETIRED if status == KEPT else ROTATED
    return status


def _demand_sense(options: Options) -> None:
    for name in NOT_FOR_TURNS:
        if options[name] is not None:
            raise ConfigurationError(
                f"With 'state: {options['state']}', the entry of {BOOK} says what is meant; leave out {name}."
            )
    if options["retire_now"] and options["book_is_copy"]:
        raise ConfigurationError("With book_is_copy, the secret before goes in another run, by 'state: retired'.")
    if options["retire_now"] and options["state"] != ROTATED:
        raise ConfigurationError(f"The option retire_now is for 'state: {ROTATED}'; {RETIRED} goes by the date.")
    if options["keep_days"] > LONGEST_KEPT:
        raise ConfigurationError(f"The option keep_days must be at most {LONGEST_KEPT}, not {options['keep_days']}.")
    if options["keep_days"] < (0 if options["book_is_copy"] else 1):
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
            f"The secret for {target.hostname} can only be regenerated in My Qlik; 'rotate' of the role credentials "
            "leads through that."
        )
    if target.is_foreign_console and not _is_named(connection.console_url):
        raise ConfigurationError(
            f"{target.hostname} is no console of Qlik Cloud; to send a secret there all the same, set "
            f"{variable_of('console_url')}."
        )
    door = Door(connection, url, target.is_console, Watch(options["prove_timeout"]), invocation.warn)
    return door, None if target.is_console else target.hostname


def _is_named(url: str) -> bool:
    """Whether the environment says so, which no task writes."""
    given = from_environment("console_url")
    return given is not None and origin_of(given) == url


def _result(rotation: Rotation, status: str, before: Result, file: File, invocation: Invocation) -> Result:
    after = before if invocation.check_mode else rotation.entry.read()
    previous = after.get(PREVIOUS) or {}
    old = (before.get(PREVIOUS) or previous).get("hint")
    words = {"hint": after.get("hint"), "old": old, "until": previous.get("retire_after")}
    would_change = invocation.check_mode and status in TURNS
    summary = _REPLACED if status == ROTATED and not previous else _SUMMARIES[status]
    summary = _FORESEEN.get(status, summary) if invocation.check_mode else summary
    told = {
        "status": status,
        "summary": summary.format(**words),
        "client": after["client_id"],
        "hint": after.get("hint"),
        "previous_hint": previous.get("hint"),
        "retire_after": previous.get("retire_after"),
        "path": str(file),
    }
    diff = {"diff": {"prepared": "".join(f"{name}\n" for name in rotation.entry.document.touched)}}
    changed = would_change or bool(rotation.entry.document.touched)
    return {"changed": changed, **told, **(diff if invocation.diff else {})}
