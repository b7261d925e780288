# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import textwrap
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible import constants as C
from ansible.parsing import vault
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import variable_of
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import DIRECT, CredentialBook
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import CONSOLE_URL
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target
from ansible_collections.qlikops.cloud.plugins.plugin_utils import _run_memory
from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import trusted
from ansible_collections.qlikops.cloud.plugins.plugin_utils._credential_sources import (
    CredentialSources,
    Play,
)

SECRET = "cl1ent-s3cret-0123456789"
VAULT_PASSWORD = "the-vault-password"
CONSOLE = Target.of(CONSOLE_URL, CONSOLE_URL)
NORTH = Target.of("https://north.us.qlikcloud.com", CONSOLE_URL)
Options = dict[str, t.Any]


@pytest.fixture(autouse=True)
def silent_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in DIRECT:
        monkeypatch.delenv(variable_of(name), raising=False)


def set_variables(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"QLIK_{name.upper()}", value)


def owned(source: str, **fields: t.Any) -> Options:
    """An entry whose client is named by its source."""
    return {**fields, "client_id": source, "client_secret": f"{SECRET} {source}"}


def book(source: str) -> Options:
    """A book that opens the console and the region us."""
    return {"organization": owned(source), "regions": [owned(source, region="us")]}


def must_not_read(path: str) -> t.Any:
    raise AssertionError(f"{path} was read")


def sources(
    written: Options | None = None,
    variable: t.Any = None,
    path: str | None = None,
    read_file: t.Callable[[str], t.Any] = must_not_read,
) -> CredentialSources:
    def read(name: str) -> CredentialBook:
        return CredentialBook.from_mapping(read_file(name), name)

    return CredentialSources("the task", written or {}, variable, path, read)


def refusal(found: CredentialSources, target: Target) -> str:
    with pytest.raises(ConfigurationError) as caught:
        found.find(target)
    assert SECRET not in str(caught.value)
    return str(caught.value)


# the order


@pytest.mark.parametrize("target", [CONSOLE, NORTH], ids=["console", "tenant"])
@pytest.mark.parametrize(
    ("first", "expected"), [(0, "options"), (1, "variable"), (2, "file"), (3, "environment")], ids=str
)
def test_the_first_source_that_opens_a_target_wins(
    target: Target, first: int, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_variables(monkeypatch, **owned("environment"))
    written, variable, document = (owned("options"), book("variable"), book("file"))
    found = sources(
        written if first == 0 else {},
        variable if first <= 1 else {},
        "book.yml" if first <= 2 else None,
        {"book.yml": document}.__getitem__,
    )
    if expected == "environment" and target is NORTH:
        assert refusal(found, target).startswith(
            "No credential for north.us.qlikcloud.com of region us (subscription unknown) was found: "
        )
    else:
        assert found.find(target).as_options() == owned(expected)


@pytest.mark.parametrize(
    ("written", "variable"),
    [pytest.param(owned("options"), None, id="options"), pytest.param({}, book("variable"), id="variable")],
)
def test_a_source_behind_the_one_that_opens_is_not_read(written: Options, variable: t.Any) -> None:
    assert sources(written, variable, "book.yml").find(NORTH)


def test_a_book_that_does_not_open_a_target_leaves_it_to_the_next() -> None:
    elsewhere = {"organization": owned("variable"), "regions": [owned("variable", region="eu")]}
    found = sources({}, elsewhere, "book.yml", lambda path: book("file"))
    assert found.find(NORTH).client_id == "file"
    assert found.find(CONSOLE).client_id == "variable"


def test_a_book_that_does_not_open_the_console_leaves_it_to_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    set_variables(monkeypatch, **owned("environment"))
    regions = {"regions": [owned("variable", region="us")]}
    assert sources({}, regions).find(CONSOLE).as_options() == owned("environment")


@pytest.mark.parametrize("host", ["north.us.qlikcloud.com", "register.eu.qlikcloud.com"])
def test_options_open_whatever_is_addressed(host: str) -> None:
    target = Target.of(f"https://{host}", CONSOLE_URL)
    assert sources(owned("options"), book("variable")).find(target).as_options() == owned("options")


@pytest.mark.parametrize("host", ["north.us.qlikcloud.com", "us.qlikcloud.com", "console.qlikcloud.com.evil.example"])
def test_the_environment_opens_the_console_alone(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    set_variables(monkeypatch, **owned("environment"))
    message = refusal(sources(), Target.of(f"https://{host}", CONSOLE_URL))
    assert message.startswith(f"No credential for {host}")


# what the environment completes

KEY = {"client_id": "c-env", "private_key": "a key of the environment", "key_id": "k-env"}
SHARED_SECRET = {"client_id": "c-env", "client_secret": "a secret of the environment"}


@pytest.mark.parametrize(
    ("environment", "written", "expected"),
    [
        pytest.param(
            SHARED_SECRET,
            {"client_id": "c-1"},
            {"client_id": "c-1", "client_secret": "a secret of the environment"},
            id="an id gets the secret",
        ),
        pytest.param(
            SHARED_SECRET,
            {"client_secret": "s-1"},
            {"client_id": "c-env", "client_secret": "s-1"},
            id="a secret gets the id",
        ),
        pytest.param(
            KEY,
            {"client_id": "c-1"},
            {"client_id": "c-1", "private_key": "a key of the environment", "key_id": "k-env"},
            id="an id gets the key",
        ),
        pytest.param(
            KEY,
            {"key_id": "k-1"},
            {"client_id": "c-env", "private_key": "a key of the environment", "key_id": "k-1"},
            id="a key id gets the key",
        ),
        pytest.param(
            KEY,
            {"client_secret": "s-1"},
            {"client_id": "c-env", "client_secret": "s-1"},
            id="a secret in place of a key",
        ),
        pytest.param(
            SHARED_SECRET,
            {"private_key": "p-1", "key_id": "k-1"},
            {"client_id": "c-env", "private_key": "p-1", "key_id": "k-1"},
            id="a key in place of a secret",
        ),
        pytest.param(
            SHARED_SECRET,
            {"client_id": "c-1", "client_secret": "", "key_id": None},
            {"client_id": "c-1", "client_secret": "a secret of the environment"},
            id="empty options count as left out",
        ),
    ],
)
def test_the_environment_completes_what_is_written_for_the_console(
    environment: Options, written: Options, expected: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_variables(monkeypatch, **environment)
    assert sources(written).find(CONSOLE).as_options() == expected


@pytest.mark.parametrize(
    ("written", "message"),
    [
        pytest.param({"client_id": "c-1"}, "Client c-1 in the task has no client_secret; ", id="an id"),
        pytest.param({"client_secret": SECRET}, "There is no client_id in the task.", id="a secret"),
        pytest.param({"key_id": "k-1"}, "There is no client_id in the task.", id="a key id"),
    ],
)
def test_the_environment_completes_nothing_for_a_tenant(
    written: Options, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_variables(monkeypatch, **owned("environment"))
    assert refusal(sources(written, book("variable")), NORTH).startswith(message)


@pytest.mark.parametrize("blank", ["", " ", "\n"], ids=repr)
def test_blank_variables_count_as_unset(blank: str, monkeypatch: pytest.MonkeyPatch) -> None:
    set_variables(monkeypatch, **dict.fromkeys(DIRECT, blank))
    assert refusal(sources(), CONSOLE).startswith("No credential of the organization was found: ")


def test_half_a_credential_in_the_environment_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    set_variables(monkeypatch, client_secret=SECRET)
    message = refusal(sources(), CONSOLE)
    assert message == "There is no client_id in the environment (QLIK_CLIENT_ID, QLIK_CLIENT_SECRET)."


# where nothing is found


def test_a_tenant_without_credential_is_told_with_all_that_was_looked_at() -> None:
    known = {"qlik_hostnames": ["h1.jp.qlikcloud.com"], "qlik_subscription_id": "1000000000000001"}
    target = Target.of("https://h1.jp.qlikcloud.com", CONSOLE_URL, known)
    assert refusal(sources({}, book("c-1"), "book.yml", lambda path: book("c-2")), target) == (
        "No credential for h1.jp.qlikcloud.com of region jp and subscription 1000000000000001 was found "
        "(the variable qlik_credentials holds the organization's client c-1, region us; "
        "book.yml holds the organization's client c-2, region us): "
        "name a file with an entry for this tenant or its region by QLIK_CREDENTIALS_FILE or the task's "
        "credentials_file (that of an inventory source serves no tasks), set qlik_credentials, or give "
        "subscription_id where only that is unknown."
    )


def test_a_console_without_credential_is_told_what_to_do() -> None:
    advice = (
        "set QLIK_CLIENT_ID and QLIK_CLIENT_SECRET, or name a credentials_file with an organization entry. "
        "The client is made in the Cloud Console, console.qlikcloud.com/admin/oauth."
    )
    assert refusal(sources(), CONSOLE) == f"No credential of the organization was found: {advice}"
    assert refusal(sources({}, None, "book.yml", lambda path: {}), CONSOLE) == (
        f"No credential of the organization was found (book.yml holds nothing): {advice}"
    )


@pytest.mark.parametrize(
    ("variable", "path", "message"),
    [
        pytest.param(
            {"organization": {"client_id": "c-1", "secret": SECRET}},
            None,
            "organization in the variable qlik_credentials has the unknown key secret; ",
            id="variable",
        ),
        pytest.param(f"text {SECRET}", None, "the variable qlik_credentials must be a mapping.", id="no mapping"),
        pytest.param(None, "book.yml", "entry 1 of tenants in book.yml has no hostname.", id="file"),
    ],
)
def test_a_faulty_book_is_told_with_its_source(variable: t.Any, path: str | None, message: str) -> None:
    faulty = {"tenants": [owned("c-1")]}
    assert refusal(sources({}, variable, path, lambda name: faulty), NORTH).startswith(message)


# the sources of a play


@pytest.fixture
def loader(tmp_path: Path) -> DataLoader:
    """As a playbook in the folder play would use it."""
    (tmp_path / "play").mkdir()
    loader = DataLoader()
    loader.set_basedir(str(tmp_path / "play"))
    return loader


Vaulted = t.Callable[..., str]


@pytest.fixture
def vaulted(loader: DataLoader, monkeypatch: pytest.MonkeyPatch) -> Vaulted:
    """`vaulted(text)`: the text encrypted with a vault password that the loader knows."""
    known = [("default", vault.VaultSecret(VAULT_PASSWORD.encode()))]
    loader.set_vault_secrets(known)
    if hasattr(vault, "VaultSecretsContext"):  # from 2.19 on
        monkeypatch.setattr(vault.VaultSecretsContext, "_current", vault.VaultSecretsContext(known))

    def encrypt(text: str, password: str = VAULT_PASSWORD) -> str:
        return str(vault.VaultLib().encrypt(text, vault.VaultSecret(password.encode())).decode())

    return encrypt


def of_play(loader: DataLoader, path: str | None = None, **variables: t.Any) -> CredentialSources:
    return Play(variables, Templar(loader, variables=variables), loader).sources("the task", {}, path)


@pytest.mark.parametrize("relative", [True, False], ids=["relative to the playbook", "absolute"])
@pytest.mark.parametrize("named", [True, False], ids=["named", "bare"])
def test_a_file_is_read(loader: DataLoader, tmp_path: Path, relative: bool, named: bool) -> None:
    document = {"qlik_credentials": book("file")} if named else book("file")
    path = tmp_path / "play" / "book.yml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    found = of_play(loader, "book.yml" if relative else str(path))
    assert found.find(NORTH).as_options() == owned("file")


@pytest.fixture
def current(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which ansible was started, which is not that of the playbook."""
    folder = tmp_path / "current"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_a_file_in_the_current_folder_is_read_when_there_is_none_beside_the_playbook(
    loader: DataLoader, tmp_path: Path, current: Path
) -> None:
    (current / "book.yml").write_text(yaml.safe_dump(book("here")), encoding="utf-8")
    assert of_play(loader, "book.yml").find(NORTH).as_options() == owned("here")
    (tmp_path / "play" / "book.yml").write_text(yaml.safe_dump(book("beside")), encoding="utf-8")
    assert of_play(loader, "book.yml").find(NORTH).as_options() == owned("beside")


def test_a_file_in_neither_folder_is_told_as_that_beside_the_playbook(
    loader: DataLoader, tmp_path: Path, current: Path
) -> None:
    told = refusal(of_play(loader, "book.yml"), NORTH)
    assert told == f"{tmp_path / 'play' / 'book.yml'} cannot be read: there is no such file."


def test_a_file_is_read_afresh(loader: DataLoader, tmp_path: Path) -> None:
    """A rotation writes it while the run goes on."""
    path = tmp_path / "play" / "book.yml"
    for source in ("before", "after"):
        path.write_text(yaml.safe_dump(book(source)), encoding="utf-8")
        assert of_play(loader, "book.yml").find(NORTH).as_options() == owned(source)


def test_an_encrypted_file_is_read(loader: DataLoader, tmp_path: Path, vaulted: Vaulted) -> None:
    (tmp_path / "play" / "book.yml").write_text(vaulted(yaml.safe_dump(book("file"))), encoding="utf-8")
    assert of_play(loader, "book.yml").find(NORTH).as_options() == owned("file")


def test_a_variable_needs_no_vault_secret_but_that_of_the_entry_in_use(loader: DataLoader, vaulted: Vaulted) -> None:
    def sealed(password: str) -> t.Any:
        return loader.load("x: !vault |\n" + textwrap.indent(vaulted(SECRET, password), "  "))["x"]

    entries = [
        {"region": "eu", "client_id": "c-eu", "client_secret": sealed("another-password")},
        {"region": "us", "client_id": "c-us", "client_secret": sealed(VAULT_PASSWORD)},
    ]
    found = of_play(loader, qlik_credentials={"regions": entries})
    assert found.find(NORTH).as_options() == {"client_id": "c-us", "client_secret": SECRET}


def test_a_variable_needs_no_secret_of_another_entry_to_be_filled_in(loader: DataLoader) -> None:
    entries = [
        {"region": "eu", "client_id": "c-eu", "client_secret": trusted("{{ nowhere }}")},
        {"region": "us", "client_id": trusted("{{ mine }}"), "client_secret": trusted("{{ secret }}")},
    ]
    found = of_play(loader, qlik_credentials={"regions": entries}, mine="c-us", secret=SECRET)
    assert found.find(NORTH).as_options() == {"client_id": "c-us", "client_secret": SECRET}


def test_a_secret_that_cannot_be_filled_in_is_told(loader: DataLoader) -> None:
    entries = [{"region": "us", "client_id": "c-us", "client_secret": trusted("{{ nowhere }}")}]
    credential = of_play(loader, qlik_credentials={"regions": entries}).find(NORTH)
    with pytest.raises(ConfigurationError) as caught:
        credential.as_options()
    assert str(caught.value) == (
        "The option client_secret in the variables could not be filled in: a variable in it is undefined."
    )


# what the workers of a run share


@pytest.fixture
def shared(tmp_path: Path, loader: DataLoader, monkeypatch: pytest.MonkeyPatch) -> t.Iterator[Path]:
    """The folder of a run, in whose workers files are read once and no more."""
    folder = tmp_path / "run"
    folder.mkdir()
    monkeypatch.setattr(C, "DEFAULT_LOCAL_TMP", str(folder))
    monkeypatch.setattr(_run_memory, "_KEY_MADE_IN", 0)
    monkeypatch.setattr(_run_memory, "SETTLED", -1.0)
    reads: list[str] = []
    load = loader.load_from_file

    def noted(path: str, *rest: t.Any) -> t.Any:
        reads.append(path)
        return load(path, *rest)

    monkeypatch.setattr(loader, "load_from_file", noted)
    yield folder
    assert reads == [str(tmp_path / "play" / "book.yml")]
    left = b"".join(path.read_bytes() for path in folder.iterdir())
    assert not [word for word in (SECRET, "c-us", "c-eu", "file", "$ANSIBLE_VAULT") if word.encode() in left]


def test_a_shared_book_is_as_it_is_written(loader: DataLoader, tmp_path: Path, vaulted: Vaulted, shared: Path) -> None:
    tenants = [
        owned("file", hostname="h1.eu.qlikcloud.com", hint="a hint"),
        owned("file", hostname="h2.eu.qlikcloud.com"),
    ]
    document = {**book("file"), "tenants": tenants}
    (tmp_path / "play" / "book.yml").write_text(vaulted(yaml.safe_dump(document)), encoding="utf-8")
    for hostname in ("north.us.qlikcloud.com", "h1.eu.qlikcloud.com", "h2.eu.qlikcloud.com"):
        target = Target.of(f"https://{hostname}", CONSOLE_URL)
        assert of_play(loader, "book.yml").find(target).as_options() == owned("file")
    assert of_play(loader, "book.yml").find(CONSOLE).as_options() == owned("file")
    assert (
        "(book.yml holds the organization's client file, region us, tenant h1.eu.qlikcloud.com, tenant h2"
        in refusal(of_play(loader, "book.yml"), Target.of("https://h3.eu.qlikcloud.com", CONSOLE_URL))
    )


def test_in_a_shared_book_vault_values_stay_encrypted(
    loader: DataLoader, tmp_path: Path, vaulted: Vaulted, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[bytes] = []
    seal = _run_memory._sealed

    def noted(content: bytes, name: str) -> bytes:
        kept.append(content)
        return seal(content, name)

    monkeypatch.setattr(_run_memory, "_sealed", noted)
    mine, foreign = (
        textwrap.indent(vaulted(SECRET, password), "      ") for password in (VAULT_PASSWORD, "another-password")
    )
    (tmp_path / "play" / "book.yml").write_text(
        "regions:\n"
        f"  - region: eu\n    client_id: c-eu\n    client_secret: !vault |\n{foreign}"
        "tenants:\n"
        f"  - hostname: north.us.qlikcloud.com\n    client_id: c-us\n    client_secret: !vault |\n{mine}",
        encoding="utf-8",
    )
    for worker in range(2):
        found = of_play(loader, "book.yml")
        assert found.find(NORTH).as_options() == {"client_id": "c-us", "client_secret": SECRET}, worker
        credential = found.find(Target.of("https://h1.eu.qlikcloud.com", CONSOLE_URL))
        with pytest.raises(
            ConfigurationError, match=r"^The client_secret in entry 1 of regions in book\.yml cannot be"
        ):
            credential.as_options()
    (content,) = kept
    assert SECRET.encode() not in content
    assert content.count(b"$ANSIBLE_VAULT") == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("tenants: [{}]", "entry 1 of tenants in book.yml has no hostname.", id="no book"),
        pytest.param("tenants: [", "it is neither valid YAML nor JSON.", id="no YAML"),
    ],
)
def test_a_faulty_file_is_not_shared(loader: DataLoader, tmp_path: Path, shared: Path, text: str, message: str) -> None:
    path = tmp_path / "play" / "book.yml"
    path.write_text(text, encoding="utf-8")
    assert refusal(of_play(loader, "book.yml"), NORTH).endswith(message)
    assert not list(shared.glob("*.known"))


def test_a_file_of_two_documents_is_told_as_that(loader: DataLoader, tmp_path: Path) -> None:
    (tmp_path / "play" / "book.yml").write_text("a: 1\n---\nb: 2\n", encoding="utf-8")
    assert refusal(of_play(loader, "book.yml"), NORTH).endswith("it holds more than one YAML document.")


def test_a_file_needs_no_vault_secret_but_that_of_the_entry_in_use(
    loader: DataLoader, tmp_path: Path, vaulted: Vaulted
) -> None:
    mine, foreign = (
        textwrap.indent(vaulted(SECRET, password), "      ") for password in (VAULT_PASSWORD, "another-password")
    )
    (tmp_path / "play" / "book.yml").write_text(
        "regions:\n"
        f"  - region: eu\n    client_id: c-eu\n    client_secret: !vault |\n{foreign}"
        f"  - region: us\n    client_id: c-us\n    client_secret: !vault |\n{mine}",
        encoding="utf-8",
    )
    found = of_play(loader, "book.yml")
    assert found.find(NORTH).as_options() == {"client_id": "c-us", "client_secret": SECRET}
    credential = found.find(Target.of("https://h1.eu.qlikcloud.com", CONSOLE_URL))
    with pytest.raises(ConfigurationError) as caught:
        credential.as_options()
    assert str(caught.value).startswith(
        "The client_secret in entry 1 of regions in book.yml cannot be opened; it is encrypted with Ansible Vault: "
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(None, "{path} cannot be read: there is no such file.", id="no file"),
        pytest.param(f"regions: [{SECRET}", "cannot be read: it is neither valid YAML nor JSON.", id="no YAML"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_without_its_content(
    loader: DataLoader, tmp_path: Path, text: str | None, message: str
) -> None:
    path = tmp_path / "play" / "book.yml"
    if text is not None:
        path.write_text(text, encoding="utf-8")
    told = refusal(of_play(loader, str(path)), NORTH)
    assert told.startswith(str(path))
    assert told.endswith(message.format(path=path))


def test_an_encrypted_file_without_its_vault_secret_is_told_as_that(
    loader: DataLoader, tmp_path: Path, vaulted: Vaulted
) -> None:
    path = tmp_path / "play" / "book.yml"
    path.write_text(vaulted(yaml.safe_dump(book("file")), "another-password"), encoding="utf-8")
    assert "cannot be read: it is encrypted with Ansible Vault: " in refusal(of_play(loader, str(path)), NORTH)


def test_templates_in_the_variable_are_filled_in(loader: DataLoader) -> None:
    document = {"regions": [{"region": "us", "client_id": "c-1", "client_secret": trusted("{{ my_secret }}")}]}
    found = of_play(loader, qlik_credentials=document, my_secret=SECRET)
    assert found.find(NORTH).as_options() == {"client_id": "c-1", "client_secret": SECRET}


def test_the_variable_may_be_one_template(loader: DataLoader) -> None:
    found = of_play(loader, qlik_credentials=trusted("{{ mine }}"), mine=book("variable"))
    assert found.find(NORTH).as_options() == owned("variable")


def test_a_template_that_cannot_be_filled_in_is_told(loader: DataLoader) -> None:
    with pytest.raises(ConfigurationError) as caught:
        of_play(loader, qlik_credentials=trusted("{{ missing }}"))
    message = str(caught.value)
    assert message == (
        "The option qlik_credentials in the variables could not be filled in: a variable in it is undefined."
    )


def test_what_a_faulty_template_says_is_kept_since_it_may_hold_a_secret(loader: DataLoader) -> None:
    rows = [{"name": "organization", "value": owned("c-1")}]
    with pytest.raises(ConfigurationError) as caught:
        of_play(loader, qlik_credentials=trusted("{{ rows | items2dict }}"), rows=rows)
    assert str(caught.value) == (
        "The option qlik_credentials in the variables could not be filled in: the template is faulty."
    )


@pytest.mark.parametrize(
    "url", ["https://console.qlikcloud.co", "http://localhost:8080", "https://north.us.qlikcloud.com"]
)
def test_the_organizations_secret_goes_to_no_console_of_a_chance_address(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Target.of(url, url)
    set_variables(monkeypatch, **owned("environment"))
    for found in (sources({}, {"organization": owned("c-1")}), sources()):
        assert "is no console of Qlik Cloud; to send a secret there all the same, write" in refusal(found, target)
    assert sources(owned("task")).find(target).as_options() == owned("task")
    with pytest.raises(ConfigurationError, match="has no client_secret"):
        sources({"client_id": "c-1"}).find(target)
    monkeypatch.setenv("QLIK_CONSOLE_URL", "https://console.example")
    assert "is no console of Qlik Cloud" in refusal(sources(), target)
    monkeypatch.setenv("QLIK_CONSOLE_URL", url.upper())
    assert sources().find(target).as_options() == owned("environment")


@pytest.mark.parametrize(
    "url", ["https://example.com", "https://north.us.qlikclound.com", "https://north.us.qlikcloud.com:1"]
)
def test_a_secret_in_a_task_goes_to_hosts_of_the_service_alone(url: str) -> None:
    assert "is no host of Qlik Cloud; to send a secret there all" in refusal(
        sources(owned("task")), Target.of(url, CONSOLE_URL)
    )


def test_a_tenant_of_the_inventory_is_known_by_its_name(loader: DataLoader) -> None:
    facts = {"qlik_hostnames": ["h1.us.qlikcloud.com"], "qlik_subscription_id": "1"}
    play = Play({"hostvars": {"h1.us.qlikcloud.com": facts}}, Templar(loader), loader)
    assert play.target("https://h1.us.qlikcloud.com", CONSOLE_URL).subscriptions == ("1",)
    assert play.target("https://h2.us.qlikcloud.com", CONSOLE_URL).subscriptions == ()


# the register host of a region

REGISTER = "https://register.us.qlikcloud.com"


def known(host: str, subscription: str = "7") -> Options:
    return {"qlik_hostname": host, "qlik_hostnames": [host.lower()], "qlik_subscription_id": subscription}


def of_target(loader: DataLoader, url: str, variables: Options, delegate_to: str | None = None) -> tuple[str, ...]:
    templar = Templar(loader, variables=variables)
    return Play(variables, templar, loader, delegate_to).target(url, CONSOLE_URL).subscriptions


@pytest.mark.parametrize(
    ("url", "variables", "subscriptions"),
    [
        pytest.param(REGISTER, known("h1.us.qlikcloud.com"), ("7",), id="our region"),
        pytest.param(REGISTER, known("H1.US.qlikcloud.com"), ("7",), id="another case"),
        pytest.param(
            REGISTER,
            {**known("h1.us.qlikcloud.com"), "qlik_hostname": trusted("{{ name }}.us.qlikcloud.com"), "name": "h1"},
            ("7",),
            id="a template",
        ),
        pytest.param(
            REGISTER,
            {"inventory_hostname": "h1.us.qlikcloud.com", **known("h1.us.qlikcloud.com"), "qlik_hostname": None},
            ("7",),
            id="the inventory's name",
        ),
        pytest.param(REGISTER, known("h1.eu.qlikcloud.com"), (), id="another region"),
        pytest.param(REGISTER, known("h1.us.qlikcloudgov.com"), (), id="another domain"),
        pytest.param(REGISTER, {}, (), id="no tenant"),
        pytest.param(REGISTER, {"inventory_hostname": "localhost"}, (), id="another host"),
        pytest.param(REGISTER, {**known("h1.us.qlikcloud.com"), "qlik_hostname": "[x"}, (), id="no host name"),
        pytest.param("https://h2.us.qlikcloud.com", known("h1.us.qlikcloud.com"), (), id="another tenant"),
        pytest.param("https://register.us.qlikcloud.com:1", known("h1.us.qlikcloud.com"), (), id="another port"),
    ],
)
def test_the_register_host_of_our_region_serves_our_subscription(
    loader: DataLoader, url: str, variables: Options, subscriptions: tuple[str, ...]
) -> None:
    assert of_target(loader, url, variables) == subscriptions


def test_delegated_to_another_tenant_its_subscription_is_meant(loader: DataLoader) -> None:
    other = known("h2.us.qlikcloud.com", "8")
    variables = {**known("h1.us.qlikcloud.com"), "ansible_delegated_vars": {"h2": other}}
    assert of_target(loader, REGISTER, variables, "h2") == ("8",)
    assert of_target(loader, REGISTER, variables) == ("7",)


def test_the_host_name_of_a_tenant_may_be_a_template(loader: DataLoader) -> None:
    variables = {"qlik_hostname": trusted("{{ name }}.us.qlikcloud.com"), "name": "north"}
    assert Play(variables, Templar(loader, variables=variables), loader).host() == "north.us.qlikcloud.com"


def test_a_play_without_the_variable_has_none(loader: DataLoader) -> None:
    assert refusal(of_play(loader), CONSOLE).startswith("No credential of the organization was found: ")
