# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup oauth_token as ansible calls it, against the simulator."""

from __future__ import annotations

import functools
import os
import typing as t
from pathlib import Path

import pytest
import yaml
from ansible.errors import AnsibleError, AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader
from ansible.template import Templar
from ansible.utils.display import Display

from ansible_collections.qlikops.cloud.plugins.module_utils import _connection
from ansible_collections.qlikops.cloud.plugins.module_utils._http import Transport
from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import trusted
from simulator import Fault, Simulator

NAME = "qlikops.cloud.oauth_token"
TOKEN = "/oauth/token"
OPTIONS = ["console_url", "ca_path", "timeout", "retries", "max_wait", "token_cache", "cache_dir"]
CREDENTIALS = ["client_id", "client_secret", "private_key", "key_id", "credentials_file"]
Variables = dict[str, t.Any]
Look = t.Callable[..., list[str]]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine, and a cache of this test's own."""
    for name in [name for name in os.environ if name.startswith("QLIK_") or name.endswith("_CA_BUNDLE")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("QLIK_RETRIES", "0")


@pytest.fixture
def simulator(plain_environment: None, organization: t.Callable[..., Simulator]) -> Simulator:
    return organization()


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """`look(*terms, variables=..., option=...)`: the tokens, by a plugin of its own, for a playbook in tmp_path."""

    def tokens(*terms: t.Any, variables: Variables | None = None, **options: t.Any) -> list[str]:
        loader = DataLoader()
        loader.set_basedir(str(tmp_path))
        known = variables or {}
        plugin = lookup_loader.get(NAME, loader=loader, templar=Templar(loader, variables=known))
        return t.cast("list[str]", plugin.run(list(terms), variables=known, **options))

    return tokens


def refusal(look: Look, *terms: t.Any, **options: t.Any) -> str:
    """What the user reads; proves that no cause is shown with it."""
    with pytest.raises(AnsibleLookupError) as caught:
        look(*terms, **options)
    assert caught.value.__suppress_context__
    assert caught.value.__cause__ is None
    return str(caught.value)


def hosts_of(simulator: Simulator, tokens: list[str]) -> list[str]:
    """Where tokens were issued."""
    return [simulator.state.tokens[token].host for token in tokens]


def tenant_facts(simulator: Simulator, number: int) -> Variables:
    tenant = simulator.state.tenants[number]
    return {"qlik_hostnames": tenant.hostnames, "qlik_subscription_id": tenant.subscription_id}


# which host


def test_no_term_means_the_console(look: Look, simulator: Simulator) -> None:
    assert hosts_of(simulator, look()) == ["console.qlikcloud.com"]


@pytest.mark.parametrize("term", [None, "", " ", 5, True, []])
def test_a_host_that_is_none_does_not_mean_the_console(look: Look, simulator: Simulator, term: t.Any) -> None:
    assert refusal(look, term) == (
        "A host for the lookup is empty or no text; give none at all to mean the Cloud Console."
    )
    assert not len(simulator.record)


def test_each_host_gets_its_token_in_order(look: Look, simulator: Simulator) -> None:
    south, north = (simulator.state.tenants[number] for number in (4, 0))
    assert south.subscription_id == north.subscription_id
    hosts = [south.hostnames[0], "console.qlikcloud.com", north.hostnames[0], south.hostnames[0]]
    client = simulator.region_client("us", north.subscription_id)
    book = {
        "organization": simulator.credentials["organization"],
        "regions": [{"region": "us", "client_id": client.client_id, "client_secret": client.secret}],
    }
    tokens = look(*hosts, variables={"qlik_credentials": book})
    assert hosts_of(simulator, tokens) == hosts
    assert tokens[0] == tokens[3]
    assert simulator.record.count("POST", TOKEN) == 3


@pytest.mark.parametrize("way", ["{}", "https://{}", "https://{}/"], ids=["host name", "URL", "URL with a slash"])
def test_a_host_may_be_given_in_any_case_and_as_url(look: Look, simulator: Simulator, way: str) -> None:
    tenant = simulator.state.tenants[0]
    known = {"qlik_credentials": simulator.credentials, **tenant_facts(simulator, 0)}
    assert hosts_of(simulator, look(way.format(tenant.hostnames[0].upper()), variables=known)) == [tenant.hostnames[0]]


def test_the_console_may_be_another(look: Look, simulator: Simulator) -> None:
    message = refusal(look, "console.qlikcloud.com", console_url="https://console.example")
    assert message.startswith("No credential for console.qlikcloud.com was found: ")
    assert len(simulator.record) == 0


# which credential


def test_the_variable_is_a_book_whose_region_entries_open_tenants(look: Look, simulator: Simulator) -> None:
    tenant = simulator.state.tenants[0]
    known = {"qlik_credentials": simulator.credentials, **tenant_facts(simulator, 0)}
    for host in tenant.hostnames:
        (token,) = look(host, variables=known)
        issued = simulator.state.tokens[token]
        client = simulator.region_client("us", tenant.subscription_id)
        assert (issued.host, issued.client_id) == (host, client.client_id)


def test_a_tenant_of_an_unknown_subscription_is_not_tried(look: Look, simulator: Simulator) -> None:
    host = simulator.state.tenants[0].hostnames[0]
    message = refusal(look, host, variables={"qlik_credentials": simulator.credentials, **tenant_facts(simulator, 1)})
    assert message.startswith(
        f"No credential for {host} of region us (subscription unknown) was found (the variable qlik_credentials holds "
    )
    assert len(simulator.record) == 0


def test_a_file_beside_the_playbook_is_a_book(look: Look, simulator: Simulator, tmp_path: Path) -> None:
    (tmp_path / "book.yml").write_text(yaml.safe_dump(simulator.credentials), encoding="utf-8")
    facts = tenant_facts(simulator, 1)
    host = facts["qlik_hostnames"][0]
    assert hosts_of(simulator, look(host, variables=facts, credentials_file="book.yml")) == [host]


def test_a_file_in_the_current_folder_is_a_book_too(
    look: Look, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "current").mkdir()
    monkeypatch.chdir(tmp_path / "current")
    (tmp_path / "current" / "book.yml").write_text(yaml.safe_dump(simulator.credentials), encoding="utf-8")
    facts = tenant_facts(simulator, 1)
    host = facts["qlik_hostnames"][0]
    assert hosts_of(simulator, look(host, variables=facts, credentials_file="book.yml")) == [host]


def test_the_file_may_be_named_by_the_environment(
    look: Look, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "book.yml").write_text(yaml.safe_dump(simulator.credentials), encoding="utf-8")
    monkeypatch.setenv("QLIK_CREDENTIALS_FILE", "book.yml")
    for name in ("QLIK_CLIENT_ID", "QLIK_CLIENT_SECRET"):
        monkeypatch.delenv(name)
    assert hosts_of(simulator, look()) == ["console.qlikcloud.com"]


def test_options_open_each_host_given(look: Look, simulator: Simulator) -> None:
    tenant = simulator.state.tenants[0]
    client = simulator.add_client("a tenant's own", tenant)
    tokens = look(*tenant.hostnames, client_id=client.client_id, client_secret=client.secret)
    assert hosts_of(simulator, tokens) == tenant.hostnames
    assert {simulator.state.tokens[token].client_id for token in tokens} == {client.client_id}


def test_the_environment_opens_no_tenant(look: Look, simulator: Simulator) -> None:
    message = refusal(look, "north.us.qlikcloud.com")
    assert message == (
        "No credential for north.us.qlikcloud.com of region us (subscription unknown) was found: "
        "name a file with an entry for this tenant or its region by QLIK_CREDENTIALS_FILE or the task's "
        "credentials_file (that of an inventory source serves no tasks), set qlik_credentials, or give "
        "subscription_id where only that is unknown."
    )
    assert len(simulator.record) == 0


# the cost


def test_a_thousand_uses_cost_one_token_request(look: Look, simulator: Simulator) -> None:
    assert len({look()[0] for _use in range(1000)}) == 1
    assert simulator.record.count("POST", TOKEN) == 1


def test_a_token_that_is_not_kept_costs_a_request_each_time(look: Look, simulator: Simulator) -> None:
    assert len({look(token_cache="none")[0] for _use in range(2)}) == 2
    assert simulator.record.count("POST", TOKEN) == 2


# the options


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        pytest.param(
            "client_secrets",
            "The lookup has the unknown option client_secrets; did you mean client_secret?",
            id="a slip",
        ),
        pytest.param("colour", "The lookup has the unknown option colour.", id="anything"),
        pytest.param("S3CRET", "The lookup has an unknown option.", id="what may be a secret"),
    ],
)
def test_an_unknown_option_is_refused(look: Look, simulator: Simulator, option: str, sentence: str) -> None:
    assert refusal(look, **{option: "x"}) == sentence
    assert len(simulator.record) == 0


@pytest.mark.parametrize("blank", ["", " "], ids=repr)
def test_blank_variables_count_as_unset(
    look: Look, simulator: Simulator, blank: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = os.environ["QLIK_CA_PATH"]
    for option in (*OPTIONS, *CREDENTIALS):
        monkeypatch.setenv(f"QLIK_{option.upper()}", blank)
    credential = simulator.credentials["organization"]
    assert hosts_of(simulator, look(**credential, ca_path=authority)) == ["console.qlikcloud.com"]
    assert os.environ["QLIK_TIMEOUT"] == blank
    assert refusal(look, ca_path=authority).startswith(
        "No credential of the organization was found: set QLIK_CLIENT_ID"
    )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        pytest.param({"timeout": 0}, "The option timeout must be from 1 to 3600, not 0.", id="out of range"),
        pytest.param(
            {"client_id": "c-1", "client_secret": " "}, "The client_secret in the lookup is empty.", id="blank"
        ),
        pytest.param(
            {"private_key": "k"},
            "Client {client_id} in the lookup has a private_key without its key_id.",
            id="half a key",
        ),
        pytest.param(
            {"console_url": "http://console.qlikcloud.com"},
            "The base URL of console.qlikcloud.com must begin with https://, since a secret is sent there.",
            id="plain http",
        ),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(
    look: Look, simulator: Simulator, options: dict[str, t.Any], sentence: str
) -> None:
    assert refusal(look, **options) == sentence.format(client_id=simulator.client_id)
    assert len(simulator.record) == 0


@pytest.mark.parametrize(
    "options", [{"timeout": "soon"}, {"token_cache": "disk"}], ids=["no number", "none of the choices"]
)
def test_an_option_of_the_wrong_kind_is_refused(look: Look, simulator: Simulator, options: dict[str, t.Any]) -> None:
    (name,) = options
    message = refusal(look, **options)
    assert message.startswith("the lookup: ")
    assert name in message  # 2.18 does not say the value
    assert len(simulator.record) == 0


# failures


def test_a_wrong_secret_is_told_in_one_sentence_without_it(look: Look, simulator: Simulator) -> None:
    message = refusal(look, client_secret="wr0ng-s3cret-0123456789")
    assert message.startswith("Getting a token on console.qlikcloud.com failed with 401 invalid_client Unauthorized")
    assert (
        "wrong or expired credentials; compare client_id and client_secret with the OAuth client in the Cloud Console "
        "(console.qlikcloud.com/admin/oauth), and add a new secret there if in doubt" in message
    )
    assert "wr0ng" not in message


def test_a_secret_that_the_service_repeats_is_not_shown(look: Look, simulator: Simulator) -> None:
    simulator.faults.append(Fault(f"POST {TOKEN}", "echo_secret"))
    message = refusal(look)
    assert simulator.client_secret not in message
    assert "failed with 400" in message


def test_a_failure_for_one_host_fails_all(look: Look, simulator: Simulator) -> None:
    message = refusal(look, "console.qlikcloud.com", "h1.jp.qlikcloud.com")
    assert message.startswith("No credential for h1.jp.qlikcloud.com of region jp (subscription unknown")


def test_a_long_wait_is_told(look: Look, simulator: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    waits: list[float] = []
    monkeypatch.setattr(_connection, "Transport", functools.partial(Transport, sleep=waits.append, jitter=lambda: 0.0))
    monkeypatch.setattr(Display, "warning", lambda self, msg, *rest, **more: told.append(msg))
    simulator.faults.append(Fault(f"POST {TOKEN}", "status", status=429, retry_after="3", times=1))
    look()
    assert waits == [3.0]
    assert told == ["console.qlikcloud.com limits the rate of requests. Trying again in 3 seconds."]


# in a template


def template(text: str, variables: Variables) -> t.Any:
    return Templar(DataLoader(), variables=variables).template(trusted(text))


def test_a_template_gets_the_token(simulator: Simulator) -> None:
    tenant = simulator.state.tenants[0]
    known = {"qlik_credentials": simulator.credentials, **tenant_facts(simulator, 0), "host": tenant.hostnames[1]}
    token = template("{{ lookup('qlikops.cloud.oauth_token', host) }}", known)
    assert hosts_of(simulator, [token]) == [tenant.hostnames[1]]
    tokens = template("{{ query('qlikops.cloud.oauth_token', host, 'console.qlikcloud.com') }}", known)
    assert hosts_of(simulator, tokens) == [tenant.hostnames[1], "console.qlikcloud.com"]


def test_a_template_fails_with_the_sentence(simulator: Simulator) -> None:
    with pytest.raises(
        AnsibleError,
        match=r"No credential for h1\.jp\.qlikcloud\.com of region jp \(subscription unknown",
    ):
        template("{{ lookup('qlikops.cloud.oauth_token', 'h1.jp.qlikcloud.com') }}", {})
