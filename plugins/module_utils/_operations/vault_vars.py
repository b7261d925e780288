# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module vault_vars. Private to this collection."""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import PROOFS, CredentialBook
from ansible_collections.qlikops.cloud.plugins.module_utils._encrypted import FILE, VALUES, Document, Edit, File, Wish
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import (
    Invocation,
    Operation,
    Options,
    Result,
    always,
)


def work(invocation: Invocation) -> Result:
    """Keep variables in an encrypted file, or encrypt it anew with another secret."""
    options = invocation.options
    if not options["path"].strip():
        raise ConfigurationError("The option path is empty; name a file.")
    edit = _edit(options)
    file = invocation.open_file(options["path"], options["wait_timeout"])
    if file.advice:
        invocation.warn(file.advice)
    if options["new_vault_password_file"]:
        file.also_opens_with(options["new_vault_password_file"])
    with contextlib.nullcontext() if invocation.check_mode else file.alone():
        document = file.read(Wish(options["encrypt"], options["vault_id"], options["encrypt_plain"]))
        _change(document, edit, file, options)
        if options["credential_book"]:
            _demand_book(document, file, invocation)
        kept = {} if invocation.check_mode else _keep(document, file, options)
    diff = {"diff": {"prepared": "".join(f"{name}\n" for name in document.touched)}} if invocation.diff else {}
    told = {"changed_keys": document.touched, "path": str(file), "vault_ids": document.vault_ids}
    told["variables"] = list(map(str, document.values))
    return {"changed": bool(document.touched), **told, **kept, **diff}


def _edit(options: Options) -> Edit:
    at, secrets = _steps(options["at"]), options["secrets"]
    for name, text in secrets.items():
        if not isinstance(text, str) or not text:
            raise ConfigurationError(f"{name} in secrets must be text that is not empty; quote it.")
    twice = {*options["vars"], *secrets} & {*options["remove"]} | {*options["vars"]} & {*secrets}
    if twice:
        raise ConfigurationError(f"{min(twice)} is named twice among vars, secrets and remove.")
    is_gone = options["state"] == "absent"
    if is_gone and (not at or options["vars"] or secrets or options["remove"]):
        raise ConfigurationError("With 'state: absent', at says what is removed, and nothing else is given.")
    named = at[-1] if at and isinstance(at[-1], dict) else {}
    lost = [
        name
        for name in named
        if name in {*secrets, *options["remove"]} or options["vars"].get(name, named[name]) != named[name]
    ]
    if lost:
        raise ConfigurationError(f"at finds its entry by {lost[0]}, so the same task cannot change that.")
    return Edit(at, options["vars"], secrets, tuple(options["remove"]), is_gone)


def _steps(at: list[t.Any]) -> tuple[t.Any, ...]:
    before: t.Any = {}
    for step in at:
        is_entry = isinstance(step, dict) and step and isinstance(before, str)
        if not is_entry and not (isinstance(step, str) and step):
            raise ConfigurationError(
                "A step of at must be the name of a key, or behind that of a list a mapping that an entry agrees with."
            )
        before = step
    return tuple(at)


def _change(document: Document, edit: Edit, file: File, options: Options) -> None:
    is_rekey = options["new_vault_id"] or options["new_vault_password_file"]
    if edit == Edit() and not is_rekey:
        document.demand_key()
    document.change(edit)
    if is_rekey and not document.values:
        raise ConfigurationError(f"{file} is not there, or holds nothing that could be encrypted.")
    if is_rekey:
        file.rekey(document, options["new_vault_id"], options["new_vault_password_file"])


def _demand_book(document: Document, file: File, invocation: Invocation) -> None:
    CredentialBook.from_mapping(document.values, str(file))
    plain = [value for value in _proofs(document.values) if not document.is_closed(value)]
    if plain:
        invocation.warn(
            f"{len(plain)} secrets stand in {file} in plain text: encrypt them, by 'store' with "
            "credentials_encrypt_plain, and change them if others could read the file."
        )


def _proofs(value: t.Any) -> t.Iterator[t.Any]:
    """The secrets in a part of a book."""
    if isinstance(value, list):
        for part in value:
            yield from _proofs(part)
    if isinstance(value, dict):
        for key, part in value.items():
            yield from [part] if key in PROOFS and part else _proofs(part)


def _keep(document: Document, file: File, options: Options) -> dict[str, t.Any]:
    if not document.touched:
        return {}
    backup = file.back_up(document) if options["backup"] else None
    file.write(document)
    return {"backup_file": backup} if backup else {}


VAULT_VARS = Operation(
    name="qlikops.cloud.vault_vars",
    arguments={
        "path": {"type": "str", "required": True},
        "at": {"type": "list", "elements": "raw", "default": []},
        "vars": {"type": "dict", "default": {}},
        "secrets": {"type": "dict", "default": {}, "no_log": True},
        "remove": {"type": "list", "elements": "str", "default": []},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "encrypt": {"type": "str", "choices": [VALUES, FILE]},
        "vault_id": {"type": "str"},
        "encrypt_plain": {"type": "bool", "default": False},
        "backup": {"type": "bool", "default": False},
        "new_vault_id": {"type": "str"},
        "new_vault_password_file": {"type": "str", "no_log": False},
        "credential_book": {"type": "bool", "default": False},
        "wait_timeout": {"type": "int", "default": 60},
    },
    work=work,
    left_out={
        "vault_id": "that of the file",
        "new_vault_id": "the same",
        "new_vault_password_file": "the secret that is loaded",
    },
    runs_here=always,
)
