# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import typing as t

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._book_entry import BookEntry
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError

if t.TYPE_CHECKING:
    from .conftest import VaultBook

NORTH, SOUTH = "north.eu.qlikcloud.com", "south.eu.qlikcloud.com"
BOOK = """---
# All of ours
organization: # the first
  client_id: o-1
  client_secret: {organization}
  hint: h-1 # the only one
regions:
  - region: eu
    client_id: r-1
    client_secret: {region}
tenants:
  # The north
  - hostname: North.EU.qlikcloud.com
    client_id: t-1
    client_secret: {north}
  - hostname: south.eu.qlikcloud.com
    client_id: t-2
    client_secret: {south}
"""
NAMES = ("organization", "region", "north", "south")


def written(book: VaultBook, text: str = BOOK, **ids: str) -> VaultBook:
    indents = dict.fromkeys(NAMES, 6) | {"organization": 4}
    closed = {name: book.closed(f"s3cret-{name}", ids.get(name, "default"), indents[name]) for name in NAMES}
    book.write(text.format(**closed))
    return book


def entry(book: VaultBook, host: str | None = None) -> BookEntry:
    return BookEntry.of_host(book.open(), host)


def refusal(book: VaultBook, host: str | None = None) -> str:
    with pytest.raises(ConfigurationError) as caught:
        entry(book, host)
    assert "s3cret" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("host", "client"), [(None, "o-1"), (NORTH, "t-1"), ("NORTH.eu.qlikcloud.com", "t-1"), (SOUTH, "t-2")]
)
def test_an_entry_is_found_by_its_host_in_any_case(vault_book: VaultBook, host: str | None, client: str) -> None:
    found = entry(written(vault_book), host)
    assert (found.read()["client_id"], found.document.touched) == (client, [])
    assert found.read()["client_secret"].startswith("s3cret-")


def test_the_place_of_an_entry_tells_the_file(vault_book: VaultBook) -> None:
    written(vault_book)
    assert entry(vault_book).place == f"organization in {vault_book.path}"
    assert entry(vault_book, NORTH).place == f"tenant {NORTH} in {vault_book.path}"


@pytest.mark.parametrize("host", [None, NORTH, SOUTH])
def test_an_entry_is_found_below_the_variable(vault_book: VaultBook, host: str | None) -> None:
    text = "other: x # mine\nqlik_credentials:\n" + "".join(f"  {line}\n" for line in BOOK.splitlines()[1:])
    indents = {"organization": 6, **dict.fromkeys(NAMES[1:], 8)}
    closed = {name: vault_book.closed(f"s3cret-{name}", indent=indents[name]) for name in NAMES}
    vault_book.write(text.format(**closed))
    found = entry(vault_book, host)
    found.keep(hint="h-9")
    assert entry(vault_book, host).read() == found.read()
    assert found.read()["hint"] == "h-9"
    assert set(vault_book.values()) == {"other", "qlik_credentials"}
    assert "other: x # mine\n" in vault_book.text


@pytest.mark.parametrize("is_below", [True, False])
@pytest.mark.parametrize(
    ("client", "secret", "is_there"),
    [("t-2", "s3cret", True), ("t-2", "another", False), ("t-1", "s3cret", False), ("o-1", "s3cret-o", True)],
)
def test_a_secret_that_another_entry_relies_on_is_found(
    vault_book: VaultBook, is_below: bool, client: str, secret: str, is_there: bool
) -> None:
    closed = [vault_book.closed(f"{text}\n", indent=8) for text in ("s3cret-o", "s3cret-n", "s3cret")]
    lines = [f"organization:\n  client_id: o-1\n  client_secret: {closed[0]}", "tenants:"]
    for name, identity, text in ((NORTH, "t-1", closed[1]), (SOUTH, "t-2", closed[2])):
        lines.append(f"  - hostname: {name}\n    client_id: {identity}\n    client_secret: {text}")
    text = "\n".join(lines) + "\n"
    indented = "".join(f"  {line}\n" for line in text.splitlines())
    vault_book.write(f"qlik_credentials:\n{indented}" if is_below else text)
    assert entry(vault_book, NORTH).is_elsewhere(client, secret) is is_there


@pytest.mark.parametrize("host", [None, NORTH])
@pytest.mark.parametrize("text", [None, "", "---\n", "regions: []\n", "tenants:\n", "organization:\n"])
def test_what_is_not_there_is_refused(vault_book: VaultBook, host: str | None, text: str | None) -> None:
    if text is not None:
        vault_book.write(text)
    name = f"tenant {host}" if host else "organization"
    assert refusal(vault_book, host) == (
        f"There is no {name} in {vault_book.path}; the role credentials puts it there, by 'store'."
    )


@pytest.mark.parametrize(
    "text", ["qlik_credentials:\n", "- x\n", "tenants: x\n", "tenants: [x]\n", "elsewhere: {}\n", "organization: x\n"]
)
def test_what_is_no_book_is_refused(vault_book: VaultBook, text: str) -> None:
    vault_book.write(text)
    refusal(vault_book, NORTH)


def test_a_tenant_that_is_named_twice_is_refused(vault_book: VaultBook) -> None:
    written(vault_book)
    vault_book.write(vault_book.text.replace(SOUTH, NORTH))
    assert "names a tenant twice" in refusal(vault_book, NORTH)


def test_a_private_key_has_no_secret_to_change(vault_book: VaultBook) -> None:
    closed = vault_book.closed("s3cret-key")
    vault_book.write(f"organization:\n  client_id: o-1\n  key_id: k-1\n  private_key: {closed}\n")
    assert "has a private_key and no client_secret" in refusal(vault_book)


def test_a_secret_in_plain_text_is_refused(vault_book: VaultBook) -> None:
    vault_book.write("organization:\n  client_id: o-1\n  client_secret: s3cret\n")
    assert refusal(vault_book) == (
        f"The client_secret of organization in {vault_book.path} stands there in plain text; encrypt it first, by "
        "'store'."
    )


def test_a_book_that_is_encrypted_as_a_whole_stays_so(vault_book: VaultBook) -> None:
    text = "# mine\norganization:\n  client_id: o-1\n  client_secret: s3cret-old\n"
    vault_book.write(vault_book.cipher(text))
    entry(vault_book).keep(hint="h-1", next={"hint": "h-2", "client_secret": "s3cret-new"})
    assert vault_book.text.startswith("$ANSIBLE_VAULT")
    assert "s3cret" not in vault_book.text
    next_one = {"hint": "h-2", "client_secret": "s3cret-new"}
    assert vault_book.values()["organization"] == {
        "client_id": "o-1",
        "client_secret": "s3cret-old",
        "hint": "h-1",
        "next": next_one,
    }


def test_a_wrong_vault_secret_is_refused_and_tells_nothing(vault_book: VaultBook) -> None:
    written(vault_book)
    vault_book.passwords["default"] = b"another"
    with pytest.raises(ConfigurationError, match="cannot be opened, since none of the loaded vault secrets opens it"):
        entry(vault_book).read()


@pytest.mark.parametrize("host", [None, NORTH, SOUTH])
def test_what_is_kept_is_in_the_file_and_nothing_else_is_touched(vault_book: VaultBook, host: str | None) -> None:
    before = written(vault_book).values()
    lines, found = vault_book.text.splitlines(), entry(vault_book, host)
    found.keep(hint="h-2", next={"hint": "h-3", "created_at": None, "client_secret": "s3cret-new"})
    assert found.read()["next"] == {"hint": "h-3", "client_secret": "s3cret-new"}
    assert entry(vault_book, host).read() == found.read()
    assert "s3cret" not in vault_book.text
    found.keep(next=None)
    after = vault_book.values()
    (changed,) = (one for one, other in zip(rows(after), rows(before), strict=True) if one != other)
    assert changed == found.read()
    assert [line for line in lines if line not in vault_book.text.splitlines()] in ([], ["  hint: h-1 # the only one"])
    assert "  hint: h-2 # the only one" in vault_book.text or host


def rows(book: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    return [book["organization"], *book["regions"], *book["tenants"]]


def test_a_mapping_is_replaced_and_not_mixed(vault_book: VaultBook) -> None:
    found = entry(written(vault_book))
    found.keep(next={"started_at": "2026-01-01T00:00:00Z", "before": ["h-1", "12345", "1e3", "null"]})
    assert entry(vault_book).read()["next"]["before"] == ["h-1", "12345", "1e3", "null"]
    found.keep(next={"hint": "12345", "client_secret": "s3cret-new"})
    assert entry(vault_book).read()["next"] == {"hint": "12345", "client_secret": "s3cret-new"}


def test_all_that_is_kept_together_is_written_in_one_step(
    vault_book: VaultBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = entry(written(vault_book))
    before, replaced = vault_book.text, list[str]()
    monkeypatch.setattr(os, "replace", lambda source, target: replaced.append(str(target)))
    found.keep(client_secret="s3cret-new", next=None, previous={"hint": "h-1", "client_secret": "s3cret-old"})
    assert (replaced, vault_book.text) == ([str(vault_book.path)], before)


IDS = {"organization": "prod", "region": "dev", "north": "test", "south": "dev"}


@pytest.mark.parametrize(("host", "vault_id"), [(None, "prod"), (NORTH, "test"), (SOUTH, "dev")])
@pytest.mark.parametrize("first", ["dev", "prod", "test"])
def test_all_secrets_of_an_entry_are_under_its_vault_id(
    vault_book: VaultBook, host: str | None, vault_id: str, first: str
) -> None:
    vault_book.passwords.clear()
    vault_book.passwords.update({name: name.encode() for name in (first, "dev", "prod", "test")})
    before = written(vault_book, **IDS).labels()
    entry(vault_book, host).keep(next={"hint": "h-2", "client_secret": "s3cret-new"})
    entry(vault_book, host).keep(
        client_secret="s3cret-new", next=None, previous={"hint": "h-1", "client_secret": "s3cret-old"}
    )
    entry(vault_book, host).keep(next={"hint": "h-2", "client_secret": "s3cret-newer"})
    after = vault_book.labels()
    assert {name: after[name] for name in before} == before
    assert {label for name, label in after.items() if name not in before} == {vault_id}
    assert len(after) == len(before) + 2
    found = entry(vault_book, host).read()
    assert (found["client_secret"], found["previous"]["client_secret"]) == ("s3cret-new", "s3cret-old")
    assert found["next"]["client_secret"] == "s3cret-newer"


def test_a_vault_id_that_another_name_was_given_stays(vault_book: VaultBook) -> None:
    vault_book.passwords.update(old=b"one", new=b"two")
    written(vault_book, **{**IDS, "organization": "old", "region": "new", "north": "new", "south": "new"})
    del vault_book.passwords["old"]
    vault_book.passwords["renamed"] = b"one"
    entry(vault_book).keep(next={"hint": "h-2", "client_secret": "s3cret-new"})
    assert vault_book.labels()["organization.next.client_secret"] == "old"


@pytest.mark.parametrize("key", ["next", "previous"])
@pytest.mark.parametrize("value", ["yes", "a text", "[a]", "1"])
def test_what_rotation_keeps_must_be_a_mapping(vault_book: VaultBook, key: str, value: str) -> None:
    written(vault_book)
    vault_book.write(vault_book.text.replace("  hint: h-1", f"  {key}: {value}\n  hint: h-1"))
    with pytest.raises(ConfigurationError, match=rf"^The {key} of organization in .* must be a mapping"):
        entry(vault_book).read()


@pytest.mark.parametrize("key", ["next", "previous"])
@pytest.mark.parametrize("value", ["", "null", "{}"])
def test_what_rotation_keeps_may_be_empty(vault_book: VaultBook, key: str, value: str) -> None:
    written(vault_book)
    vault_book.write(vault_book.text.replace("  hint: h-1", f"  {key}: {value}\n  hint: h-1"))
    assert not entry(vault_book).read()[key]


def test_entries_of_one_client_know_the_hints_of_each_other(vault_book: VaultBook) -> None:
    """Also below next and previous, whatever the case of the host; those of other clients mean nothing."""
    old, new, other = (vault_book.closed(f"s3cret-{name}", indent=8) for name in ("old", "new", "other"))
    vault_book.write(
        "organization:\n    client_id: o-1\n    hint: h-0\n    client_secret: " + new + "\ntenants:\n"
        "  - hostname: north.eu.qlikcloud.com\n    client_id: t-1\n    client_secret: " + old + "\n"
        "  - hostname: alias.eu.qlikcloud.com\n    client_id: t-1\n    client_secret: " + new + "\n"
        "    hint: h-2\n    next:\n      hint: h-3\n      client_secret: " + other + "\n"
        "    previous:\n      hint: 1\n      client_secret: " + old + "\n"
    )
    found = entry(vault_book, NORTH)
    assert found.hints("t-1") == {"h-2", "h-3", "1"}
    assert found.hints("o-1") == {"h-0"}
    assert [found.hint_elsewhere("t-1", f"s3cret-{name}") for name in ("old", "new", "other")] == [1, "h-2", None]
    assert found.hint_elsewhere("o-2", "s3cret-new") is None
