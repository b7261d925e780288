# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import copy
import datetime
import hashlib
import pathlib
import re
import subprocess
import sys
import textwrap
import typing as t

import pytest
import yaml
from ansible.parsing import vault
from ansible.parsing.dataloader import DataLoader
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._encrypted import FILE, VALUES, Edit, Step, Wish
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.plugin_utils._vault import Key, Vault, label_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._vault_document import VaultDocument
from ansible_collections.qlikops.cloud.plugins.plugin_utils._yaml_values import Cipher

Path = tuple[t.Any, ...]
Draw = t.Callable[[st.SearchStrategy[t.Any]], t.Any]

LABEL, SECRET = "prod", vault.VaultSecret(b"a-vault-password")
KEY = Key(LABEL, SECRET)


def document(
    text: str | bytes,
    *,
    encrypt: str | None = None,
    vault_id: str | None = None,
    plain: bool = False,
    keys: t.Sequence[Key] = (KEY,),
) -> VaultDocument:
    loader = DataLoader()
    loader.set_vault_secrets([(key.label, key.secret) for key in keys])
    content = text if isinstance(text, bytes) else text.encode()
    return VaultDocument(content, Vault(loader, str), Wish(encrypt, vault_id, plain), "book.yml")


def value(text: str, key: Key = KEY) -> str:
    """A vault value as it stands behind a key at the top."""
    return "!vault |\n" + textwrap.indent(key.close(text, "x"), "  ")


def opened(found: VaultDocument) -> t.Any:
    return found.opened(found.values, "book.yml")


def refused(sentence: str) -> t.Any:
    return pytest.raises(ConfigurationError, match=re.escape(sentence))


DEV, NEW = Key("dev", vault.VaultSecret(b"dev-password")), Key("prod", vault.VaultSecret(b"new-password"))


def test_a_new_document_holds_what_is_put_into_it() -> None:
    found = document("")
    assert found.values == {}
    assert not found.touched
    found.change(Edit(("regions", {"region": "eu"}), {"client_id": "c"}, {"client_secret": "s3cret"}))
    assert opened(found) == {"regions": [{"region": "eu", "client_id": "c", "client_secret": "s3cret"}]}
    assert found.touched == ["regions[eu]", "regions[eu].client_id", "regions[eu].client_secret"]
    assert found.vault_ids == ["prod"]
    assert (
        found.content()
        .decode()
        .startswith("---\nregions:\n  - region: eu\n    client_id: c\n    client_secret: !vault |\n")
    )
    assert b"s3cret" not in found.content()


def test_an_entry_with_nothing_but_what_it_is_found_by_is_a_change() -> None:
    found = document("")
    found.change(Edit(("regions", {"region": "eu"}), {"region": "eu"}))
    assert found.touched == ["regions[eu]"]
    assert opened(found) == {"regions": [{"region": "eu"}]}


def test_steps_make_what_lacks_on_the_way() -> None:
    found = document("a:\n")
    found.change(Edit(("a", "b", {"c": 1, "e": None}, "d"), {"x": 1}))
    assert opened(found) == {"a": {"b": [{"c": 1, "d": {"x": 1}}]}}


def test_an_entry_is_found_by_what_it_has_as_text_and_what_it_lacks() -> None:
    found = document("a:\n  - b: 98\n    c: x\n  - b: 98\n  - c: none\n")
    found.change(Edit(("a", {"b": "98", "c": None}), {"d": 1}))
    found.change(Edit(("a", {"b": "None"}), {"d": 2}))
    assert opened(found)["a"] == [{"b": 98, "c": "x"}, {"b": 98, "d": 1}, {"c": "none"}, {"b": "None", "d": 2}]


def test_an_entry_joins_those_that_are_there() -> None:
    found = document("a: # c\n  - b: x # d\n  # e\n")
    found.change(Edit(("a", {"b": "y"}), {"f": 1}))
    assert found.content().decode() == "a: # c\n  - b: x # d\n  - b: y\n    f: 1\n  # e\n"
    assert opened(found) == {"a": [{"b": "x"}, {"b": "y", "f": 1}]}


@pytest.mark.parametrize("text", ["a:\n", "a: []\n"])
def test_an_entry_may_be_the_first(text: str) -> None:
    found = document(text)
    found.change(Edit(("a", {"b": "y"}), {"f": 1}))
    assert found.content() == b"a:\n  - b: y\n    f: 1\n"


def test_several_entries_are_refused() -> None:
    with refused("a[x] in book.yml means several entries."):
        document("a:\n  - b: x\n  - b: X\n").change(Edit(("a", {"b": "x"}), {"c": 1}))


@pytest.mark.parametrize(
    ("text", "at", "sentence"),
    [
        ("a: x\n", ("a",), "a in book.yml is not a mapping."),
        ("a: ''\n", ("a",), "a in book.yml is not a mapping."),
        ("a: false\n", ("a", "b"), "a in book.yml is not a mapping."),
        ("a: [x]\n", ("a",), "a in book.yml is not a mapping."),
        ("a: []\n", ("a", "b"), "a in book.yml is not a mapping."),
        ("a: {b: 1}\n", ("a", {"b": 1}), "a in book.yml is not a list."),
        ("a: x\n", ("a", {"b": 1}), "a in book.yml is not a list."),
    ],
)
@pytest.mark.parametrize("more", [{"values": {"b": 1}}, {"secrets": {"b": "x"}}, {"remove": ("b",)}], ids=str)
def test_a_place_of_another_kind_is_refused(text: str, at: t.Any, sentence: str, more: dict[str, t.Any]) -> None:
    with refused(sentence):
        document(text).change(Edit(at, **more))


def test_what_lacks_need_not_be_removed() -> None:
    found = document("a: 1\n")
    for edit in (Edit(("x", {"y": 1}), is_gone=True), Edit(("x",), remove=("y",)), Edit(remove=("y",))):
        found.change(edit)
    assert not found.touched


def test_what_is_null_is_there_and_removed() -> None:
    found = document("a:\nb: 1\n")
    found.change(Edit(("a",), is_gone=True))
    assert (opened(found), found.touched) == ({"b": 1}, ["a"])


def test_an_entry_is_removed_whole() -> None:
    found = document("a:\n  - b: x\n    c: 1\n  - b: y\n")
    found.change(Edit(("a", {"b": "x"}), is_gone=True))
    assert (opened(found), found.touched) == ({"a": [{"b": "y"}]}, ["a[x]"])


def test_a_mapping_is_compared_key_by_key() -> None:
    found = document("a: # c\n  b: 1 # d\n  c: 2\n  e: {f: 1}\n")
    found.change(Edit(values={"a": {"c": 3, "b": 1, "e": {"f": 1}, "g": None}}))
    assert found.touched == ["a.c", "a.g"]
    found.change(Edit(values={"a": {"b": 1}}))
    assert found.content().decode() == "a: # c\n  b: 1 # d\n"


def test_the_same_again_touches_nothing() -> None:
    text = f"a: {value('s3cret')}b: [1, {{c: x}}]\n"
    found = document(text)
    found.change(Edit(values={"b": [1, {"c": "x"}]}, secrets={"a": "s3cret"}))
    assert not found.touched
    assert found.content().decode() == text


def test_a_secret_never_becomes_readable() -> None:
    found = document(f"a: {value('s3cret')}b:\n  - c: {textwrap.indent(value('s3cret'), '    ').lstrip()}")
    with refused("a is encrypted in book.yml; give it under secrets, or remove it."):
        found.change(Edit(values={"a": "s3cret"}))
    for edit in (Edit(values={"b": [{"c": "s3cret"}]}), Edit(secrets={"b": "x"})):
        with refused("b holds encrypted values in book.yml; remove it to replace it."):
            found.change(edit)
    assert found.is_closed(found.values["a"])
    assert not found.is_closed(found.values["b"])


def test_plain_text_is_encrypted_when_that_is_allowed() -> None:
    with refused("a stands in book.yml in plain text; to encrypt it, say 'encrypt_plain: true'"):
        document("a: s3cret\n").change(Edit(secrets={"a": "s3cret"}))
    found = document("a: s3cret\n", plain=True)
    found.change(Edit(secrets={"a": "s3cret"}))
    assert found.touched == ["a"]
    assert b"s3cret" not in found.content()
    assert KEY.open(found.sealed(b"a: s3cret\n").decode(), "x") == "a: s3cret\n"


def test_a_secret_in_place_of_null_needs_no_permission() -> None:
    found = document("a:\n")
    found.change(Edit(secrets={"a": "s3cret"}))
    assert opened(found) == {"a": "s3cret"}


def test_new_secrets_join_the_vault_id_that_is_there() -> None:
    both = {"keys": (DEV, KEY)}
    found = document(f"a: {value('x')}", **both)
    found.change(Edit(secrets={"b": "y"}))
    assert label_of(found.values["b"]) == "prod"
    found = document(f"a: {value('x')}b: {value('x', DEV)}", **both)
    assert found.vault_ids == ["dev", "prod"]
    found.change(Edit(secrets={"c": "y", "a": "z"}))
    assert [label_of(found.values[key]) for key in "cab"] == ["dev", "prod", "dev"]
    found = document(f"a: {value('x')}", vault_id="dev", **both)
    found.change(Edit(secrets={"a": "x", "b": "y"}))
    assert [label_of(found.values[key]) for key in "ab"] == ["prod", "dev"]
    with refused("a in book.yml is encrypted under the vault id prod, not dev; change that with new_vault_id."):
        found.change(Edit(secrets={"a": "other"}))


def test_a_whole_document_stays_encrypted_as_a_whole() -> None:
    closed = KEY.close("# c\na: s3cret\n", "x")
    found = document(closed, keys=(DEV, KEY))
    assert found.is_closed(found.values["a"])
    found.change(Edit(values={"b": 1}, secrets={"a": "s3cret", "c": "new"}))
    assert found.touched == ["b", "c"]
    assert found.vault_ids == ["prod"]
    assert KEY.open(found.content().decode(), "x") == "# c\na: s3cret\nb: 1\nc: new\n"
    assert found.sealed(closed.encode()) == closed.encode()
    with refused("book.yml is encrypted as a whole, not value by value; leave encrypt out."):
        document(closed, encrypt=VALUES)
    with refused("book.yml is encrypted under the vault id prod, not dev; change that with new_vault_id."):
        document(closed, vault_id="dev")


def test_a_vault_value_within_a_whole_document_stays_one() -> None:
    found = document(KEY.close(f"a: {value('x', DEV)}", "x"), keys=(DEV, KEY))
    found.change(Edit(secrets={"a": "x"}))
    assert not found.touched
    found.change(Edit(secrets={"a": "y"}))
    assert (label_of(found.values["a"]), opened(found)) == ("dev", {"a": "y"})


def test_a_plain_document_is_encrypted_as_a_whole_when_that_is_allowed() -> None:
    with refused("book.yml is not encrypted; to encrypt it, say 'encrypt_plain: true'"):
        document("a: s3cret\n", encrypt=FILE)
    found = document("a: s3cret\n", encrypt=FILE, plain=True)
    assert found.touched == ["book.yml"]
    assert KEY.open(found.content().decode(), "x") == "a: s3cret\n"
    assert KEY.open(found.sealed(b"a: s3cret\n").decode(), "x") == "a: s3cret\n"
    new = document("", encrypt=FILE)
    assert not new.touched
    new.change(Edit(values={"a": 1}))
    assert KEY.open(new.content().decode(), "x") == "---\na: 1\n"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xff", "book.yml is no text in UTF-8."),
        (b"a: [\n", "book.yml is no single document of valid YAML."),
        (b"a: 2026-13-45\n", "book.yml is no single document of valid YAML."),
        (b"- a\n", "book.yml must be a mapping of variables."),
        (b"$ANSIBLE_VAULT;1.1;AES256\n6162\n", "book.yml cannot be opened, since none of the loaded"),
    ],
)
def test_what_holds_no_variables_is_refused(content: bytes, sentence: str) -> None:
    with refused(sentence):
        document(content)


def test_a_vault_secret_for_each_vault_id_can_be_demanded() -> None:
    text = f"a: {value('x')}b: {value('x', DEV)}c: {value('x', DEV)}"
    document(text, keys=(KEY, DEV)).demand_key()
    document("a: 1\n", keys=()).demand_key()
    with refused("b in book.yml cannot be opened"):
        document(text).demand_key()


def test_a_form_that_is_not_understood_is_refused() -> None:
    for edit in (Edit(values={"b": 2}), Edit(remove=("b",)), Edit(("b", "c"), {"d": 1})):
        with refused(
            "in book.yml without changing other parts: write what is around it in block style, without anchors"
        ):
            document("a: &x {c: {}}\nb: *x\n").change(edit)


def test_all_is_closed_with_another_key() -> None:
    found = document(f"a: # c\n  - {textwrap.indent(value('x'), '  ').lstrip()}b: {value('y', DEV)}", keys=(KEY, DEV))
    found.rekey({"prod": NEW, "dev": DEV}.__getitem__)
    assert found.touched == ["a[1]"]
    assert NEW.open(found.values["a"][0], "x") == "x"
    before = found.content()
    again = document(before, keys=(DEV,))
    again.rekey({"prod": NEW, "dev": DEV}.__getitem__)
    assert not again.touched
    other = document(before, keys=(DEV, NEW))
    other.rekey({"prod": DEV, "dev": DEV}.__getitem__)
    assert (other.vault_ids, other.touched) == (["dev"], ["a[1]"])
    with refused("a[1] cannot be opened"):
        document(before, keys=(KEY,)).rekey({"prod": DEV, "dev": DEV}.__getitem__)


def test_a_whole_document_is_closed_with_another_key_and_so_is_what_is_closed_within() -> None:
    closed = KEY.close(f"a: {value('x')}", "x")
    found = document(closed)
    found.rekey({"prod": KEY}.__getitem__)
    assert not found.touched
    found.rekey({"prod": NEW}.__getitem__)
    assert found.touched == ["book.yml", "a"]
    text = NEW.open(found.content().decode(), "x")
    assert text is not None
    assert opened(document(text, keys=(NEW,))) == {"a": "x"}
    again = document(found.content(), keys=(KEY, NEW))
    again.rekey({"prod": NEW}.__getitem__)
    assert not again.touched


def test_ansible_vault_shows_what_was_written(tmp_path: pathlib.Path) -> None:
    (tmp_path / "password").write_text("a-vault-password")
    program = str(pathlib.Path(sys.executable).with_name("ansible-vault"))
    for number, text in enumerate(["", "# c\na: 1\r\n", "a: |\n  x"]):
        found = document(text, encrypt=FILE, plain=True)
        found.change(Edit(values={"b": "naïve"}, secrets={"c": "s3cret\n"}))
        path = tmp_path / str(number)
        path.write_bytes(found.content())
        command = [program, "view", f"--vault-id=prod@{tmp_path / 'password'}", str(path)]
        done = subprocess.run(command, capture_output=True, check=True, timeout=60)
        assert yaml.safe_load(done.stdout) == {**(yaml.safe_load(text) or {}), "b": "naïve", "c": "s3cret\n"}


NAMES = ["client_id", "client_secret", "region", "b c", "naïve", "x"]
SCALARS = [
    *("~", "null", "", "yes", "No", "0777", "1_000", "12:30:45", "1e3", ".inf", "2026-01-31", "2026-01-31T10:00:00Z"),
    *(
        "text",
        '"quoted # no"',
        "'it''s'",
        "http://x#y",
        "!unsafe '{{ x }}'",
        "naïve ☃ 😀",
        '"\\u2028 x"',
        "a  b",
        "-1.5",
    ),
    *("two\nlines", "'two\n\nlines'", '"two \\\nlines"', "'{{ a }}'", "'|'", '"a: |+"'),
]
TEXTS = [["x"], ["x", "", "y"], ["x", "  y # no", ""], ["x", "", ""], ["# none", "- x: |"]]
FLOWS = ["{}", "[]", "{region: eu, x: [1, 2]}", "[1, {a: b}]", "{x: {y: null}}"]
VALUES_GIVEN: list[t.Any] = [
    *(None, True, 5, 1.5, 1e100, "text", "", " lead", "trail ", "0777", "yes", "2026-01-31", "# no", "a: b", "- x"),
    *(
        "two\nlines\n",
        "two\nlines",
        "x\n\n",
        "\n",
        " x\ny",
        "\u2028x\x85y",
        "tab\there",
        "!vault",
        "naïve ☃ 😀",
        "x" * 200,
    ),
    *(
        {},
        [],
        {"x": None, "region": ["a", {"b": "c\nd\n"}]},
        ["a", {"b": "c\nd", "e": {}}, [1, []]],
        {"x": {"x": {"x": 1}}},
    ),
]


class Recipe:
    """A random document, with the place that each of its lines belongs to."""

    def __init__(self, draw: Draw) -> None:
        self._draw, self._count = draw, 0
        self.lines: list[tuple[str, Path]] = []
        self.remarks: dict[str, Path] = {}
        self.flows: list[Path] = []
        self.keeps_breaks = False
        self._comment((), "")
        if self._any([True, False]):
            self.lines.append(("---", ()))
        self._mapping((), 0, 0)

    def _any(self, values: t.Sequence[t.Any]) -> t.Any:
        return self._draw(st.sampled_from(values))

    def _is_rare(self) -> bool:
        return self._draw(st.integers(0, 3)) == 3

    def _mark(self) -> str:
        self._count += 1
        return f"# remark {self._count}."

    def _comment(self, place: Path, prefix: str) -> None:
        if self._is_rare():
            self.lines.append((prefix + self._mark(), place))
        if self._is_rare():
            self.lines.append(("", place))

    def _remark(self, place: Path) -> str:
        if not self._is_rare():
            return ""
        mark = self._mark()
        self.remarks[mark] = place
        return self._any([" ", "   "]) + mark

    def _mapping(self, place: Path, indent: int, depth: int, dash: str = "") -> None:
        names = self._draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4, unique=True))
        for number, name in enumerate(names):
            is_behind_dash = dash and not number
            if not is_behind_dash:
                self._comment(place, " " * indent)
            spelled = self._any([name, name, f'"{name}"', f"'{name}'"])
            prefix = dash if is_behind_dash else " " * indent
            self._value((*place, name), f"{prefix}{spelled}{self._any(['', '', ' '])}:", indent, depth)
        self._comment(place, " " * indent)

    def _list(self, place: Path, indent: int, depth: int) -> None:
        for number in range(self._any([1, 2, 3])):
            self._comment(place, " " * indent)
            dash, entry = " " * indent + "-", (*place, number)
            if depth < 3 and not self._is_rare():
                gap = self._any([1, 1, 3])
                self._mapping(entry, indent + 1 + gap, depth + 1, dash + " " * gap)
            else:
                self._value(entry, dash, indent, depth + 2)

    def _value(self, place: Path, head: str, indent: int, depth: int) -> None:
        kind = self._any([*KINDS, *["mapping", "list"] * 2 * (depth < 3)])
        if kind == "flow" and self._is_rare():
            self.flows.append(place)
            self.lines.append((f"{head} {self._any(FLOWS)}{self._remark(place)}", place))
        else:
            getattr(self, f"_{kind}_value", self._scalar_value)(place, head, indent, depth)

    def _mapping_value(self, place: Path, head: str, indent: int, depth: int) -> None:
        self.lines.append((head + self._remark(place), place))
        self._mapping(place, indent + self._any([1, 2, 4]), depth + 1)

    def _list_value(self, place: Path, head: str, indent: int, depth: int) -> None:
        self.lines.append((head + self._remark(place), place))
        self._list(place, indent + (2 if isinstance(place[-1], int) else self._any([0, 2])), depth + 1)

    def _block_value(self, place: Path, head: str, indent: int, depth: int) -> None:
        shift = " " * (indent + self._any([1, 2, 5]))
        sign = self._any(["|", "|-", "|+", ">", ">-", ">+"])
        self.keeps_breaks = self.keeps_breaks or sign.endswith("+")
        self.lines.append((f"{head} {sign}{self._remark(place)}", place))
        self.lines += [(shift + line if line else line, place) for line in self._any(TEXTS)]

    def _vault_value(self, place: Path, head: str, indent: int, depth: int) -> None:
        shift = " " * (indent + self._any([2, 10]))
        self.lines.append((f"{head} !vault |{self._remark(place)}", place))
        self.lines += [(shift + line, place) for line in KEY.close(self._mark(), "x").splitlines()]

    def _below_value(self, place: Path, head: str, indent: int, depth: int) -> None:
        self.lines.append((head + self._remark(place), place))
        self.lines.append((" " * (indent + 2) + self._any(["text", '"quoted"', "8"]), place))

    def _scalar_value(self, place: Path, head: str, indent: int, depth: int) -> None:
        lines = self._any(SCALARS).replace("\n", "\n" + " " * (indent + 3)).splitlines() or [""]
        lines[0] = f"{head} {lines[0]}"
        lines[-1] += self._remark(place)
        self.lines += [(line, place) for line in lines]


KINDS = ["scalar", "scalar", "block", "vault", "below", "flow"]


class Model:
    """What the values shall be, and which of the first lines shall still be there."""

    def __init__(self, recipe: Recipe, values: dict[str, t.Any]) -> None:
        self.values = values
        self.lines, self.remarks, self.flows = list(recipe.lines), dict(recipe.remarks), list(recipe.flows)
        self.has_moved_dashes = False

    def apply(self, edit: Edit) -> None:
        before = copy.deepcopy(self.values)
        if edit.is_gone:
            path = self._path(edit.at)
            if path:
                self._drop(path)
            return
        if edit.values or edit.secrets:
            self._make(edit.at)
        path = self._path(edit.at)
        if path is None:
            return
        place = _at(self.values, path)
        for key, value in {**edit.values, **edit.secrets}.items():
            place[key] = _ensured(place.get(key), value)
        self._forget_changed(before, self.values, ())
        for key in edit.remove:
            if key in (_at(self.values, path) or {}):
                self._drop((*path, key))

    def _path(self, at: t.Iterable[Step]) -> Path | None:
        path: Path = ()
        for step in at:
            around = _at(self.values, path)
            if isinstance(step, str):
                if step not in (around or {}):
                    return None
                path = (*path, step)
            else:
                ((key, wanted),) = step.items()
                found = [n for n, row in enumerate(around or []) if isinstance(row, dict) and row.get(key) == wanted]
                if not found:
                    return None
                path = (*path, found[0])
        return path

    def _make(self, at: tuple[Step, ...]) -> None:
        if at and (parent := self._path(at[:-1])) is None:
            self._make(at[:-1])
        parent = t.cast("Path", self._path(at[:-1]))
        if not at:
            return
        if isinstance(at[-1], str):
            if _at(self.values, parent) is None:
                self._set(parent, {})
            around = _at(self.values, parent)
            if around.get(at[-1]) is None:
                around[at[-1]] = {}
        else:
            if _at(self.values, parent) in (None, {}):
                self._set(parent, [])
            if self._path(at) is None:
                _at(self.values, parent).append(dict(at[-1]))

    def _set(self, path: Path, value: t.Any) -> None:
        _at(self.values, path[:-1])[path[-1]] = value

    def _drop(self, path: Path) -> None:
        around = _at(self.values, path[:-1])
        del around[path[-1]]
        if not around:
            self._forget(path[:-1], True)
            return
        self._forget(path, True)
        if isinstance(path[-1], int):
            self.lines = [(line, _moved(place, path)) for line, place in self.lines]
            self.remarks = {mark: _moved(place, path) for mark, place in self.remarks.items()}
            self.flows = [_moved(place, path) for place in self.flows]
        elif path[:-1] and isinstance(path[-2], int):
            self.has_moved_dashes = True

    def _forget_changed(self, old: t.Any, new: t.Any, path: Path) -> None:
        """Lines of what differs are not to be there any more, apart from the comment behind it."""
        if repr(old) == repr(new):
            return
        is_same_kind = isinstance(old, (dict, list)) and isinstance(new, old.__class__) and bool(old) and bool(new)
        if path in self.flows or not is_same_kind or not _is_walked(old, new):
            self._forget(path, False)
            return
        rows = old.items() if isinstance(old, dict) else enumerate(old)
        for key, value in list(rows):
            if isinstance(new, dict) and key not in new:
                self._forget((*path, key), True)
            else:
                self._forget_changed(value, new[key], (*path, key))

    def _forget(self, path: Path, is_gone: bool) -> None:
        flow = next((flow for flow in self.flows if path[: len(flow)] == flow), None)
        path = path if flow is None else flow
        self.lines = [(line, place) for line, place in self.lines if place[: len(path)] != path]
        self.remarks = {
            mark: place
            for mark, place in self.remarks.items()
            if place[: len(path)] != path or (place == path and not is_gone)
        }


def _is_walked(old: t.Any, new: t.Any) -> bool:
    """Whether an edit may have gone through it, not put another list in its place."""
    return isinstance(old, dict) or (len(new) >= len(old) and all(map(_is_alike, old, new)))


def _is_alike(old: t.Any, new: t.Any) -> bool:
    return repr(old) == repr(new) or (isinstance(old, dict) and isinstance(new, dict))


def _moved(place: Path, gone: Path) -> Path:
    depth = len(gone) - 1
    if place[:depth] == gone[:depth] and len(place) > depth and place[depth] > gone[depth]:
        return (*place[:depth], place[depth] - 1, *place[depth + 1 :])
    return place


def _at(value: t.Any, path: Path) -> t.Any:
    for key in path:
        value = value[key]
    return value


def _ensured(current: t.Any, wanted: t.Any) -> t.Any:
    if not (isinstance(current, dict) and isinstance(wanted, dict) and current and wanted):
        return copy.deepcopy(wanted)
    kept = {key: _ensured(value, wanted[key]) for key, value in current.items() if key in wanted}
    return {**kept, **{key: copy.deepcopy(value) for key, value in wanted.items() if key not in kept}}


def _holds_cipher(value: t.Any) -> bool:
    if isinstance(value, (dict, list)):
        return any(map(_holds_cipher, value.values() if isinstance(value, dict) else value))
    return isinstance(value, Cipher)


def _steps(draw: Draw, closed: t.Any) -> tuple[tuple[Step, ...], t.Any]:
    """Steps to a random place, and what is there."""
    steps: tuple[Step, ...] = ()
    while draw(st.booleans()):
        ways: list[tuple[tuple[Step, ...], t.Any]] = [(("new",), None), (("rows", {"region": "new"}), None)]
        for key, value in (closed or {}).items():
            if isinstance(value, dict) or value is None:
                ways.append(((key,), value))
            for row in value if isinstance(value, list) else ():
                ways += [((key, step), row) for step in _steps_to(row, value)]
            if isinstance(value, list) and not any(map(_is_new, value)):
                ways.append(((key, {"region": "new"}), None))
        if isinstance(closed, dict) and (closed.get("new") is not None or "rows" in closed):
            ways = ways[2:]
        if not ways:
            break
        more, closed = draw(st.sampled_from(ways[::-1]))
        steps = (*steps, *more)
        closed = closed if closed is not None else {}
    return steps, closed


def _is_new(row: t.Any) -> bool:
    return isinstance(row, dict) and str(row.get("region")).lower() == "new"


def _steps_to(row: t.Any, rows: list[t.Any]) -> t.Iterator[Step]:
    for key, value in row.items() if isinstance(row, dict) else ():
        is_plain = isinstance(value, str) and not isinstance(value, Cipher)
        same = [other for other in rows if isinstance(other, dict) and _said(other.get(key)) == _said(value)]
        if is_plain and len(same) == 1:
            yield {key: value}


def _said(value: t.Any) -> str:
    """What an entry is found by; one without the key is found by an empty text."""
    return "" if value is None else str(value).lower()


def _edit(draw: Draw, closed: dict[str, t.Any]) -> Edit:
    at, place = _steps(draw, closed)
    if at and draw(st.integers(0, 3)) == 3:
        return Edit(at, is_gone=True)
    found_by = at[-1] if at and not isinstance(at[-1], str) else {}
    known = [name for name in (*NAMES, *place) if name not in found_by]
    names = draw(st.lists(st.sampled_from(known), min_size=1, max_size=3, unique=True))
    values, secrets, remove = {}, {}, []
    for name in names:
        kind = draw(st.sampled_from(["value", "value", "secret", "remove"]))
        is_closed = isinstance(place.get(name), Cipher)
        if kind == "remove" or (_holds_cipher(place.get(name)) and not (is_closed and kind == "secret")):
            remove.append(name)
        elif kind == "value":
            values[name] = draw(st.sampled_from(VALUES_GIVEN) | st.text(max_size=9))
        else:
            secrets[name] = draw(st.sampled_from(["s3cret", "two\nlines\n", "ünï"]) | st.text(min_size=1, max_size=9))
    return Edit(at, values, secrets, tuple(remove))


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten thousand rounds of a hash for each value would take most of the time."""

    def derive(password: bytes, salt: bytes) -> tuple[bytes, bytes, bytes]:
        found = hashlib.sha512(password + salt).digest()
        return found[:32], found[32:], found[:16]

    monkeypatch.setattr(vault.VaultAES256, "_gen_key_initctr", staticmethod(derive))


@pytest.fixture
def loader(monkeypatch: pytest.MonkeyPatch) -> DataLoader:
    loader = DataLoader()
    loader.set_vault_secrets([(LABEL, SECRET)])
    if hasattr(vault, "VaultSecretsContext"):  # from 2.19 on
        monkeypatch.setattr(vault.VaultSecretsContext, "_current", vault.VaultSecretsContext([(LABEL, SECRET)]))
    return loader


def plain(value: t.Any) -> t.Any:
    """A value without the types of one or the other reader."""
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    kinds = (bool, int, float, datetime.datetime, datetime.date)
    kind = next((kind for kind in kinds if isinstance(value, kind)), None)
    return None if value is None else repr(value) if kind else str(value)


def assert_kept(model: Model, text: str, line_break: str) -> None:
    """Each line that no edit was about is there, in the same order."""
    there = iter(text.split("\n"))
    ending = line_break[:-1]
    kept = [(line + ending, place) for line, place in model.lines if line]
    for line, place in kept:
        for found in there:
            if found == line or (found + ending == line):
                break
            is_loose = model.has_moved_dashes and any(isinstance(part, int) for part in place)
            if is_loose and found.lstrip(" -") == line.lstrip(" -"):
                break
        else:
            raise AssertionError(f"{line!r} is gone from\n{text}")
    for mark in model.remarks:
        assert mark in text, f"{mark} is gone from\n{text}"


@pytest.mark.once
@settings(max_examples=10 * settings.default.max_examples, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_any_edits_lead_to_what_a_dictionary_would_hold(cheap: None, loader: DataLoader, data: st.DataObject) -> None:
    recipe = Recipe(data.draw)
    line_break = data.draw(st.sampled_from(["\n", "\n", "\r\n"]))
    text = "".join(line + line_break for line, _place in recipe.lines)
    is_cut = data.draw(st.integers(0, 3)) == 3
    if is_cut:
        text = text.rstrip("\r\n")
        last = next(place for line, place in recipe.lines[::-1] if line)
        recipe.lines = [row for row in recipe.lines if row[1] != last]
    encrypt = data.draw(st.sampled_from([VALUES, VALUES, FILE]))
    content = (KEY.close(text, "x") if encrypt == FILE else text).encode()
    vaults = Vault(loader, str)
    wish = Wish(None, None, True)
    document = VaultDocument(content, vaults, wish, "book.yml")
    model = Model(recipe, document.opened(document.values, "book.yml"))
    for _number in range(data.draw(st.integers(1, 4))):
        edit = _edit(data.draw, document.values)
        before = document.content()
        # empty lines behind what is removed would become a part of a value before it that keeps them
        is_odd = recipe.flows or (recipe.keeps_breaks and (edit.remove or edit.is_gone))
        try:
            document.change(edit)
        except ConfigurationError:
            if not is_odd:
                raise
            event("refused")
            return
        model.apply(edit)
        opened = document.opened(document.values, "book.yml")
        assert repr(opened) == repr(model.values)
        event("changed" if document.touched else "unchanged")
        after = document.content()
        shown = KEY.open(after.decode(), "x") if encrypt == FILE else after.decode()
        assert shown is not None
        assert_kept(model, shown, line_break)
        assert plain(loader.load(shown)) == plain(model.values)
        if not document.touched:
            assert encrypt == FILE or after == before
        again = VaultDocument(after, vaults, wish, "book.yml")
        again.change(edit)
        assert not again.touched
        assert encrypt == FILE or again.content() == after
        document = again
        text = shown
