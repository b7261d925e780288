# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import textwrap
import typing as t
from dataclasses import replace

import pytest
from ansible.parsing import vault
from ansible.parsing.dataloader import DataLoader

from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import (
    Credential,
    CredentialBook,
    RegionEntry,
    Sealed,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError

SECRET = "sEcReT-0123456789"
VAULT_PASSWORD = "the-vault-password"
CLIENT = {"client_id": "c-1", "client_secret": SECRET}
Vaulted = t.Callable[..., t.Any]
Discreet = t.Callable[..., t.Any]


@pytest.fixture
def decryptions(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows by one with each vault value that ansible opens."""
    counted: list[int] = []
    original = vault.VaultLib.decrypt

    def decrypt(self: vault.VaultLib, *arguments: t.Any, **more: t.Any) -> t.Any:
        counted.append(1)
        return original(self, *arguments, **more)

    monkeypatch.setattr(vault.VaultLib, "decrypt", decrypt)
    return counted


@pytest.fixture
def vaulted(monkeypatch: pytest.MonkeyPatch) -> Vaulted:
    """`vaulted(text)`: the value that ansible-core loads for an encrypted text."""
    known = [("default", vault.VaultSecret(VAULT_PASSWORD.encode()))]
    loader = DataLoader()
    loader.set_vault_secrets(known)
    if hasattr(vault, "VaultSecretsContext"):  # from 2.19 on
        monkeypatch.setattr(vault.VaultSecretsContext, "_current", vault.VaultSecretsContext(known))

    def value(text: str, password: str = VAULT_PASSWORD) -> t.Any:
        sealed = vault.VaultLib().encrypt(text, vault.VaultSecret(password.encode())).decode()
        return loader.load("x: !vault |\n" + textwrap.indent(sealed, "  "))["x"]

    return value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param(SECRET, SECRET, id="text"),
        pytest.param(f"\n {SECRET}\t\n", SECRET, id="white space around, of a file or an environment"),
        pytest.param("two words", "two words", id="white space inside"),
        pytest.param(12345, "12345", id="a number, of YAML without quotes"),
    ],
)
def test_reveal(value: t.Any, expected: str) -> None:
    assert Sealed(value, "client_secret of the test").reveal() == expected


@pytest.mark.parametrize("value", ["", "  ", "\n"], ids=repr)
def test_an_empty_secret_is_told_with_its_place(value: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^client_secret of the test is empty\.$"):
        Sealed(value, "client_secret of the test").reveal()


def test_a_vaulted_secret_is_revealed(vaulted: Vaulted) -> None:
    assert Sealed(vaulted(f"{SECRET}\n"), "client_secret").reveal() == SECRET


def test_a_vault_that_cannot_be_opened_is_told_without_its_content(vaulted: Vaulted, discreet: Discreet) -> None:
    sealed = Sealed(vaulted(SECRET, password="another-password"), "client_secret of c-1")
    with discreet(ConfigurationError, SECRET, VAULT_PASSWORD, "another-password", "ANSIBLE_VAULT;") as caught:
        sealed.reveal()
    assert str(caught.value).startswith("client_secret of c-1 cannot be opened; it is encrypted with Ansible Vault: ")


class Betraying:
    """A value that tells its content when it cannot be read."""

    def __str__(self) -> str:
        raise RuntimeError(f"{SECRET} cannot be read")


def test_the_reason_why_a_secret_cannot_be_read_is_not_told(discreet: Discreet) -> None:
    with discreet(ConfigurationError, SECRET):
        Sealed(Betraying(), "The client_secret").reveal()


def test_nothing_is_decrypted_before_its_use(vaulted: Vaulted, decryptions: list[int]) -> None:
    """Entries of other teams may be sealed with vault secrets that this user does not have."""
    foreign = {"client_id": "c-2", "private_key": vaulted("x", password="another-password"), "key_id": "k"}
    book = CredentialBook.from_mapping(
        {
            "organization": {"client_id": "c-1", "client_secret": vaulted(SECRET)},
            "regions": [{"region": "us", **foreign}],
            "tenants": [{"hostname": "north.us.qlikcloud.com", **foreign}],
        },
        "the book",
    )
    assert book.contents()
    assert decryptions == []
    assert book.organization is not None
    assert book.organization.material() == SECRET
    assert decryptions


def test_no_secret_shows_in_any_representation(vaulted: Vaulted) -> None:
    book = CredentialBook.from_mapping(
        {
            "organization": CLIENT,
            "regions": [{"region": "us", "client_id": "c-2", "private_key": SECRET, "key_id": "k"}],
            "tenants": [{"hostname": "h", "client_id": "c-3", "client_secret": vaulted(SECRET)}],
        },
        "the book",
    )
    assert SECRET not in f"{book} {book!r} {book.contents()}"
    assert "ANSIBLE_VAULT" not in repr(book)


def test_credential_with_a_secret() -> None:
    credential = Credential.from_mapping({"client_id": " c-1 ", "client_secret": SECRET, "private_key": None}, "here")
    assert (credential.client_id, credential.private_key, credential.key_id) == ("c-1", None, None)
    assert credential.material() == SECRET


def test_credential_with_a_key() -> None:
    entry = {"client_id": 17, "client_secret": "", "private_key": SECRET, "key_id": 8}
    credential = Credential.from_mapping(entry, "here")
    assert (credential.client_id, credential.secret, credential.key_id) == ("17", None, "8")
    assert credential.material() == SECRET


@pytest.mark.parametrize("value", [f"{SECRET}\nx", f"{SECRET[:4]}\u200b{SECRET[4:]}", SECRET + "\udcff"], ids=ascii)
def test_a_secret_with_signs_that_nobody_sees_is_refused(value: str, discreet: Discreet) -> None:
    with discreet(ConfigurationError, SECRET) as caught:
        Sealed(value, "The client_secret in here").reveal()
    assert "The client_secret in here holds a line break or an invisible sign" in str(caught.value)


@pytest.mark.parametrize("value", [[SECRET], {"a": SECRET}, True], ids=["a list", "a mapping", "a boolean"])
def test_a_secret_that_is_no_text_is_refused(value: t.Any, discreet: Discreet) -> None:
    with discreet(ConfigurationError, SECRET) as caught:
        Credential.from_mapping({"client_id": "c-1", "client_secret": value}, "here")
    assert str(caught.value) == "The client_secret in here must be text."


def test_a_slip_that_makes_the_secret_a_key_is_not_shown(discreet: Discreet) -> None:
    with discreet(ConfigurationError, SECRET) as caught:
        CredentialBook.from_mapping({"organization": {f"client_secret:{SECRET}": None}}, "book.yml")
    assert "organization in book.yml has an unknown key" in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        pytest.param({"client_secret": SECRET}, "There is no client_id in here", id="no client_id"),
        pytest.param(
            {"client_id": " ", "client_secret": SECRET}, "There is no client_id in here", id="blank client_id"
        ),
        pytest.param({"client_id": "c-1"}, "Client c-1 in here has no client_secret", id="neither"),
        pytest.param({"client_id": "c-1", "client_secret": ""}, "has no client_secret", id="empty secret"),
        pytest.param(
            {**CLIENT, "private_key": SECRET, "key_id": "k"},
            "has a client_secret and a private_key; give one",
            id="C15: both",
        ),
        pytest.param({"client_id": "c-1", "private_key": SECRET}, "without its key_id", id="C14: no key_id"),
        pytest.param({"client_id": "c-1", "private_key": SECRET, "key_id": " "}, "key_id", id="C14: blank key_id"),
    ],
)
def test_what_is_no_credential_is_refused(entry: dict[str, t.Any], message: str, discreet: Discreet) -> None:
    with discreet(ConfigurationError, SECRET) as caught:
        Credential.from_mapping(entry, "here")
    assert message in str(caught.value)


FULL_BOOK = {
    "organization": {**CLIENT, "hint": "abc", "created_at": "2030-01-01", "previous": {"hint": "xyz"}},
    "regions": [
        {"region": "US", "client_id": "c-2", "client_secret": SECRET, "register_url": "https://register.example"},
        {"region": "eu", "client_id": "c-3", "client_secret": SECRET, "subscription_id": 9876543210},
        {"region": "eu", "client_id": "c-4", "client_secret": SECRET, "license_number": "1234"},
    ],
    "tenants": [{"hostname": " North.US.qlikcloud.com", "client_id": "c-5", "client_secret": SECRET}],
}


def client(number: int) -> Credential:
    return Credential(f"c-{number}", Sealed(SECRET, f"The client_secret in {PLACES[number]}"))


PLACES = {
    1: "organization in book.yml",
    2: "entry 1 of regions in book.yml",
    3: "entry 2 of regions in book.yml",
    4: "entry 3 of regions in book.yml",
    5: "entry 1 of tenants in book.yml",
}


@pytest.mark.parametrize("document", [FULL_BOOK, {"qlik_credentials": FULL_BOOK, "other": 1}], ids=["bare", "named"])
def test_book(document: dict[str, t.Any]) -> None:
    assert CredentialBook.from_mapping(document, "book.yml") == CredentialBook(
        client(1),
        (
            RegionEntry("us", None, replace(client(2), register_url="https://register.example")),
            RegionEntry("eu", "9876543210", client(3)),
            RegionEntry("eu", "1234", client(4)),
        ),
        {"north.us.qlikcloud.com": client(5)},
    )


def test_a_kept_book_is_the_same() -> None:
    book = CredentialBook.from_mapping(FULL_BOOK, "book.yml")
    again = CredentialBook.from_kept(book.kept(str), lambda secret: secret)
    assert (again.organization, again.regions) == (book.organization, book.regions)
    assert (dict(again.tenants), len(again.tenants)) == (book.tenants, len(book.tenants))
    assert again.contents() == book.contents()


def test_an_empty_book_is_kept_too() -> None:
    again = CredentialBook.from_kept(CredentialBook().kept(str), lambda secret: secret)
    assert (again.organization, again.regions, dict(again.tenants)) == (None, (), {})


def test_a_kept_credential_is_the_same_down_to_its_errors() -> None:
    entries = [
        {"hostname": "a.us.qlikcloud.com", "client_id": "c-1", "client_secret": 2030},
        {"hostname": "b.us.qlikcloud.com", "client_id": "c-2", "client_secret": "a\nb", "previous": {"a": 1}},
        {"hostname": "c.us.qlikcloud.com", "client_id": "\u00e9\u2028e", "private_key": "a\nb", "key_id": "k-1"},
    ]
    book = CredentialBook.from_mapping({"tenants": entries}, "book.yml")
    one, two, three = CredentialBook.from_kept(book.kept(str), lambda secret: secret).tenants.values()
    assert one.as_options() == {"client_id": "c-1", "client_secret": "2030"}
    with pytest.raises(ConfigurationError, match=r"^The client_secret in entry 2 of tenants in book\.yml holds a"):
        two.as_options()
    assert three.as_options() == {"client_id": "\u00e9\u2028e", "private_key": "a\nb", "key_id": "k-1"}


def test_a_kept_book_shows_no_secret() -> None:
    book = CredentialBook.from_mapping(FULL_BOOK, "book.yml")
    assert SECRET not in repr(CredentialBook.from_kept(book.kept(str), lambda secret: secret))


def test_contents_of_a_book() -> None:
    assert CredentialBook.from_mapping(FULL_BOOK, "book.yml").contents() == (
        "the organization's client c-1, region us, region eu of 9876543210, region eu of 1234, "
        "tenant north.us.qlikcloud.com"
    )


@pytest.mark.parametrize(
    "document",
    [{}, {"qlik_credentials": {}}, {"organization": None, "regions": None, "tenants": []}],
    ids=["empty", "named and empty", "nulls"],
)
def test_empty_book(document: dict[str, t.Any]) -> None:
    book = CredentialBook.from_mapping(document, "book.yml")
    assert book == CredentialBook()
    assert book.contents() == "nothing"


def region(**fields: t.Any) -> dict[str, t.Any]:
    return {"regions": [{"region": "us", **CLIENT, **fields}]}


def two(tier: str, one: dict[str, t.Any], other: dict[str, t.Any]) -> dict[str, t.Any]:
    return {tier: [{**CLIENT, **one}, {**CLIENT, **other}]}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        pytest.param(None, "book.yml must be a mapping", id="nothing"),
        pytest.param([CLIENT], "book.yml must be a mapping", id="a list"),
        pytest.param({"qlik_credentials": None}, "book.yml must be a mapping", id="named and null"),
        pytest.param(
            {"tenant": []}, "unknown key tenant; known are organization, regions, tenants", id="a tier misspelt"
        ),
        pytest.param({1: "x"}, "an unknown key", id="a key that is a number"),
        pytest.param(
            {"organization": [CLIENT]}, "organization in book.yml must be a mapping", id="organization is a list"
        ),
        pytest.param({"organization": {}}, "no client_id in organization in book.yml", id="organization is empty"),
        pytest.param(
            {"organization": {**CLIENT, "region": "us"}}, "unknown key region", id="organization with a region"
        ),
        pytest.param({"regions": CLIENT}, "regions in book.yml must be a list", id="regions is a mapping"),
        pytest.param({"regions": "us"}, "regions in book.yml must be a list", id="regions is a text"),
        pytest.param({"regions": b"us"}, "regions in book.yml must be a list", id="regions is bytes"),
        pytest.param(
            {"regions": [CLIENT, None]},
            "entry 1 of regions in book.yml has no region.",
            id="first entry is looked at first",
        ),
        pytest.param({"tenants": ["h"]}, "entry 1 of tenants in book.yml must be a mapping", id="tenant is a text"),
        pytest.param(region(region=None), "entry 1 of regions in book.yml has no region.", id="no region"),
        pytest.param(
            region(region="us-east-1"), "such as us in north.us.qlikcloud.com, not the code us-east-1.", id="code"
        ),
        pytest.param(region(region="AP-Southeast-2"), "not the code ap-southeast-2.", id="C11: code in another case"),
        pytest.param(
            region(secret=SECRET), "entry 1 of regions in book.yml has the unknown key secret", id="unknown key"
        ),
        pytest.param(
            region(client_secret=None),
            "Client c-1 in entry 1 of regions in book.yml has no client_secret",
            id="region without a secret",
        ),
        pytest.param({"tenants": [CLIENT]}, "entry 1 of tenants in book.yml has no hostname", id="no hostname"),
        pytest.param(
            {"tenants": [{**CLIENT, "hostname": "h", "region": "us"}]}, "unknown key region", id="tenant with a region"
        ),
        pytest.param(two("regions", {"region": "us"}, {"region": "US"}), "names a region twice", id="a region twice"),
        pytest.param(
            two("regions", {"region": "us", "subscription_id": "1"}, {"region": "us", "license_number": 1}),
            "names a region twice",
            id="a region and subscription twice",
        ),
        pytest.param(two("tenants", {"hostname": "H"}, {"hostname": "h"}), "names a tenant twice", id="a tenant twice"),
    ],
)
def test_what_is_no_book_is_refused(document: t.Any, message: str, discreet: Discreet) -> None:
    with discreet(ConfigurationError, SECRET) as caught:
        CredentialBook.from_mapping(document, "book.yml")
    assert message in str(caught.value)
