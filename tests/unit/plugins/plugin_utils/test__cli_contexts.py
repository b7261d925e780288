# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contexts of qlik-cli as entries of a credential book."""

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.plugin_utils._cli_contexts import CliContexts, Place

CLIENT = {"oauth-client-id": "c-1", "oauth-client-secret": "s3cret"}
ENTRY = {"client_id": "c-1", "client_secret": "s3cret"}
NORTH = "https://north.us.qlikcloud.com"
BEARER = {"headers": {"Authorization": "Bearer s3cret"}}


def read(*given_names: str, **contexts: t.Any) -> dict[str, t.Any]:
    return CliContexts.of({"contexts": contexts}, "contexts.yml", given_names).as_entries()


@pytest.mark.parametrize(
    ("server", "name"),
    [
        ("https://console.qlikcloud.com", "organization"),
        ("https://register.eu.qlikcloud.com/", "region eu"),
        (NORTH, "tenant north.us.qlikcloud.com"),
        (" HTTPS://North.US.qlikcloud.com:443/sense/ ", "tenant north.us.qlikcloud.com"),
        ("north.us.qlikcloud.com", "tenant north.us.qlikcloud.com"),
        ("https://north.us.qlikcloudgov.com", "tenant north.us.qlikcloudgov.com"),
        ("https://register.us.qlikcloudgov.com", None),
        ("https://north.us.qlikcloud.com:8443", None),
        ("http://north.us.qlikcloud.com", None),
        ("https://me@north.us.qlikcloud.com", None),
        ("https://north.us.qlikcloud.com.example.com", None),
        ("https://qlikcloud.com", None),
        ("https://[", None),
        ("https://north.us.qlikcloud.com:port", None),
        ("localhost:9076", None),
        ("", None),
        (None, None),
    ],
)
def test_the_server_says_which_entry_it_is(server: str | None, name: str | None) -> None:
    place = Place.of(server)
    assert (place and str(place)) == name


def test_entries_are_those_of_a_book() -> None:
    found = read(
        all={"server": "https://console.qlikcloud.com", **CLIENT},
        eu={"server": "https://register.eu.qlikcloud.com", **CLIENT},
        north={"server": NORTH, **CLIENT, **BEARER, "server-type": "Cloud", "comment": None},
        again={"server": NORTH, **CLIENT},
    )
    assert found == {
        "organization": ENTRY,
        "regions": [{"region": "eu", **ENTRY}],
        "tenants": [{"hostname": "north.us.qlikcloud.com", **ENTRY}],
        "contexts": {
            "organization": ['"all"'],
            "region eu": ['"eu"'],
            "tenant north.us.qlikcloud.com": ['"north"', '"again"'],
        },
        "left_out": [],
    }


@pytest.mark.parametrize(
    ("context", "why"),
    [
        ({"server": "https://sense.example.com", "server-type": "windows"}, "of another type"),
        ({"server": "https://sense.example.com", **CLIENT}, "none of Qlik Cloud"),
        ({"server": NORTH, "api-key": "s3cret"}, "it has an API key or an Authorization header"),
        ({"server": NORTH, **BEARER}, "it has an API key or an Authorization header"),
        ({"server": NORTH, "oauth-client-id": "c-1", "oauth-client-secret": ""}, "lacks the id or the secret"),
        ({"server": NORTH, "headers": "s3cret"}, "it has no OAuth client"),
        ("s3cret", "no server"),
        (None, "no server"),
    ],
)
def test_what_a_book_has_no_place_for_is_left_out(context: t.Any, why: str) -> None:
    found = read(mine=context)
    (line,) = found.pop("left_out")
    assert line.startswith('context "mine": left out, since ')
    assert (why in line, "s3cret" in str(line), any(found.values())) == (True, False, False)


def test_what_variables_give_is_left_out_even_when_contexts_differ() -> None:
    other = {**CLIENT, "oauth-client-id": "c-2"}
    contexts = {"north": {"server": NORTH, **CLIENT}, "again": {"server": NORTH, **other}}
    lines = read("tenant north.us.qlikcloud.com", **contexts)["left_out"]
    assert [line.partition("since ")[2] for line in lines] == [
        "variables give the client of tenant north.us.qlikcloud.com"
    ] * 2
    with pytest.raises(ConfigurationError) as caught:
        read(**contexts)
    assert str(caught.value) == (
        'The contexts "north" and "again" in contexts.yml have different OAuth clients or secrets for tenant '
        "north.us.qlikcloud.com; remove one of them there, or give the right one by credentials_tenants."
    )


@pytest.mark.parametrize("document", [None, [], "s3cret", {}, {"contexts": None}, {"contexts": ["s3cret"]}])
def test_another_document_is_refused_in_a_sentence(document: t.Any) -> None:
    with pytest.raises(ConfigurationError, match=r"^contexts\.yml holds no contexts of qlik-cli") as caught:
        CliContexts.of(document, "contexts.yml", ())
    assert "s3cret" not in str(caught.value)


@given(st.text() | st.integers() | st.none())
def test_no_name_of_a_context_is_a_template_or_changes_a_terminal(name: t.Any) -> None:
    contexts = {name: {"server": NORTH, **CLIENT}, f"{name}{{{{": {}}
    found = CliContexts.of({"contexts": contexts}, "contexts.yml", ()).as_entries()
    for text in (*found["left_out"], *found["contexts"]["tenant north.us.qlikcloud.com"]):
        assert not any(sign in text for sign in ("{{", "{%", "{#", "\n", "\x1b", "\x9b"))
