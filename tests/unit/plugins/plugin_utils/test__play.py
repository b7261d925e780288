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

from ansible_collections.qlikops.cloud.plugins.module_utils._credential_sources import CredentialSources
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import CONSOLE_URL
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target
from ansible_collections.qlikops.cloud.plugins.plugin_utils import _run_memory
from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import trusted
from ansible_collections.qlikops.cloud.plugins.plugin_utils._play import Play
from tools.books import CONSOLE, NORTH, SECRET, Options, book, owned, refusal

VAULT_PASSWORD = "the-vault-password"


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
