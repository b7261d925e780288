# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup controller_inputs, and what the role's credential type makes of its outcome."""

from __future__ import annotations

import tempfile
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.plugins.loader import lookup_loader
from ansible.template import Templar
from hypothesis import given
from hypothesis import strategies as st

from controller.injection import injected

NAME = "qlikops.cloud.controller_inputs"
FILES = Path(__file__).resolve().parents[4] / "roles" / "controller" / "files"
INPUTS = yaml.safe_load((FILES / "credential_type_inputs.yml").read_text(encoding="utf-8"))
INJECTORS = yaml.safe_load((FILES / "credential_type_injectors.yml").read_text(encoding="utf-8"))
PASSWORD = VaultSecret(b"a-vault-password")
Book = dict[str, t.Any]


def look(path: Path, loader: DataLoader | None = None, **options: t.Any) -> dict[str, str]:
    loader = loader or DataLoader()
    plugin = lookup_loader.get(NAME, loader=loader, templar=Templar(loader))
    (inputs,) = plugin.run([str(path)], variables={}, **options)
    return t.cast("dict[str, str]", inputs)


def written(folder: Path, book: t.Any) -> Path:
    path = folder / "book.yml"
    path.write_text(book if isinstance(book, str) else yaml.safe_dump(book, sort_keys=False), encoding="utf-8")
    return path


def injected_book(inputs: dict[str, str], folder: Path) -> Book:
    environment = injected(INPUTS, INJECTORS, inputs, folder)
    return t.cast("Book", yaml.safe_load(Path(environment["QLIK_CREDENTIALS_FILE"]).read_text(encoding="utf-8")))


ENTRY = {"client_id": "o-1", "client_secret": "s3cret"}
REGIONS = [{"region": "eu", "subscription_id": "98", "client_id": "r-1", "client_secret": "s3cret"}]


def test_a_book_becomes_inputs(tmp_path: Path) -> None:
    rotation = {"previous": {"hint": "b", "client_secret": "old", "retire_after": "2030-01-01T00:00:00Z"}}
    inputs = look(written(tmp_path, {"organization": {**ENTRY, "hint": "a", **rotation}, "regions": REGIONS}))
    assert {name: inputs[name] for name in ENTRY} == ENTRY
    assert yaml.safe_load(inputs["rotation"]) == rotation
    assert yaml.safe_load(inputs["regions"]) == REGIONS
    assert (inputs["hint"], inputs["private_key"], inputs["key_id"], "tenants" in inputs) == ("a", "", "", False)


def test_what_is_no_more_is_empty_and_what_the_book_lacks_is_not_named(tmp_path: Path) -> None:
    assert look(written(tmp_path, {"organization": ENTRY}))["rotation"] == ""
    assert set(look(written(tmp_path, {"qlik_credentials": {"regions": REGIONS}}))) == {"regions"}
    assert look(written(tmp_path, {"organization": ENTRY, "regions": REGIONS}), tiers=["regions"]).keys() == {"regions"}


@pytest.mark.parametrize("whole", [True, False])
def test_a_vaulted_book_is_opened(whole: bool, tmp_path: Path) -> None:
    loader, library = DataLoader(), VaultLib([("default", PASSWORD)])
    loader.set_vault_secrets([("default", PASSWORD)])
    closed = library.encrypt("s3cret", PASSWORD).decode()
    value = "".join(f"    {line}\n" for line in closed.splitlines())
    text = "organization:\n  client_id: o-1\n  client_secret: " + ("s3cret\n" if whole else f"!vault |\n{value}")
    path = written(tmp_path, library.encrypt(text, PASSWORD).decode() if whole else text)
    assert look(path, loader)["client_secret"] == "s3cret"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a\n", "must be a mapping"),
        ("regions: {eu: s3cret}\n", "regions"),
        ("regions: []\n", "is not there, or holds no credentials of the tiers organization, regions, tenants."),
        ("a: [s3cret\n", "no single document of valid YAML"),
        ("$ANSIBLE_VAULT;1.1;AES256\n61\n", "vault"),
    ],
)
def test_a_faulty_book_is_one_sentence_without_secrets(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(AnsibleLookupError) as caught:
        look(written(tmp_path, text))
    assert message in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_an_option_that_is_unknown_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AnsibleLookupError, match="tier"):
        look(written(tmp_path, {}), tier="regions")


# ids and secrets of OAuth clients are printable ASCII (RFC 6749, appendix A); what is beyond U+FFFF, JSON writes in two
SIGNS = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=("C",)), min_size=1)
PROOF = SIGNS.filter(lambda text: text == text.strip()) | st.sampled_from(
    ["{{ x }}", "#jinja2: a", "a: b", "- a", "'\"\\", "null", "0x1F", "1e3", "two\nlines", "{% raw %}", "*a", "!vault"]
)
ROW = st.fixed_dictionaries({"client_id": PROOF, "client_secret": PROOF})
LATER = st.fixed_dictionaries({"hint": PROOF, "client_secret": PROOF})
ORGANIZATION = st.builds(
    lambda row, more: {**row, **more},
    ROW,
    st.fixed_dictionaries({}, optional={"hint": PROOF, "created_at": PROOF, "next": LATER, "previous": LATER}),
)
REGION = st.builds(lambda row, region: {"region": region, **row}, ROW, st.sampled_from(["us", "eu", "sg"]))
TENANT = st.builds(lambda row, name: {"hostname": f"{name}.eu.qlikcloud.com", **row}, ROW, st.sampled_from("abc"))
BOOKS = st.fixed_dictionaries(
    {},
    optional={
        "organization": ORGANIZATION,
        "regions": st.lists(REGION, min_size=1, max_size=3, unique_by=lambda row: row["region"]),
        "tenants": st.lists(TENANT, min_size=1, max_size=3, unique_by=lambda row: row["hostname"]),
    },
)


@given(BOOKS.filter(bool))
def test_a_job_gets_the_book_that_was_put_into_the_credential(book: Book) -> None:
    with tempfile.TemporaryDirectory() as name:
        found = injected_book(look(written(Path(name), book)), Path(name))
    assert {tier: rows for tier, rows in found.items() if rows} == book
