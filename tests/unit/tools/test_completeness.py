# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide on completeness says what is so."""

from __future__ import annotations

import importlib
import json
import re
import time
import typing as t
from dataclasses import fields, replace

import pytest
import yaml
from starlette.datastructures import Headers, QueryParams

from ansible_collections.qlikops.cloud.plugins.module_utils._oauth_clients import SETTABLE, OAuthClient
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant
from ansible_collections.qlikops.cloud.plugins.plugin_utils._host_variables import host_variables
from simulator.client_body import KEPT, LISTS, TEXTS
from simulator.client_patch import NARROW_PATHS
from simulator.client_row import client_row
from simulator.errors import FAMILY_A, FAMILY_B, ApiError, error_body
from simulator.limits import Limiter
from simulator.messages import Call
from simulator.models import ORGANIZATION, Secret
from simulator.readings import Readings
from simulator.regions import CONSOLE_HOST
from simulator.seed import build_state
from simulator.service import Service
from simulator.sites import console_endpoints
from simulator.tenant_filter import TenantView
from simulator.token_endpoint import TokenEndpoint
from tools.completeness import COVERED, DATA, LEFT_OUT, PAGE, PARTLY, Place, Row, Section, page, sections

PLUGINS = "ansible_collections.qlikops.cloud.plugins"
SECTIONS = sections()
ROWS = [row for section in SECTIONS for row in section.rows]
PLACES = sorted({place for row in ROWS for place in row.places}, key=repr)
GENERIC = {"qlikops.cloud.rest#module", "qlikops.cloud.rest_info#module"}
# documented, but played by no part of the simulator
NOT_PLAYED = {"deletedAt", "connectionConfig.status", "connectionConfig.deletedByOwner", "source.pointer"}
# made here of what the service tells
OWN_FACTS = {"url", "region"}
Rows = dict[str, Row]


def named(title: str) -> Rows:
    (section,) = (section for section in SECTIONS if section.title == title)
    return {row.name: row for row in section.rows}


def names_at(rows: Rows, kind: str, prefix: str) -> set[str]:
    """The rest of the names of places of a kind that begin with a prefix."""
    names = [place.name for row in rows.values() for place in row.places if place.kind == kind]
    return {name.removeprefix(prefix) for name in names if name.startswith(prefix)}


def test_the_page_is_what_is_made_of_the_data() -> None:
    made_anew = PAGE.read_text(encoding="utf-8") == page(SECTIONS)
    assert made_anew, "run: PYTHONPATH=tests python -m tools.completeness"


def test_the_page_begins_with_the_count() -> None:
    place = Place.read("option tenant_info.filter")
    rows = (
        Row("a", (place,), "", ""),
        Row("b", (place,), "", "Why."),
        Row("c", (), "", "Why."),
        Row("d", (), "So.", ""),
    )
    text = page([Section("Title", "https://example.com", "field", "GET /", rows)])
    assert [row.state for row in rows] == [COVERED, PARTLY, LEFT_OUT, COVERED]
    first = " ".join(text.partition("============\n\n")[2].split())
    assert first.startswith("Of the 4 endpoints, parameters and fields that Qlik documents")
    assert "2 are covered, 1 are covered in part, and 1 are left out." in first


def test_the_data_has_no_other_keys() -> None:
    rows = [row for section in yaml.safe_load(DATA.read_text(encoding="utf-8")) for row in section["rows"].values()]
    assert {key for row in rows for key in row} == {"at", "itself", "why"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_is_not_covered_has_a_reason(row: Row) -> None:
    """So has what is within reach by a module for any path alone."""
    is_generic = row.places and {place.plugin for place in row.places} <= GENERIC
    assert row.why or (not is_generic and (row.places or row.itself))
    for words in (row.itself, row.why):
        assert not words or words.endswith(".")


@pytest.mark.parametrize("place", PLACES, ids=repr)
def test_each_place_exists(place: Place) -> None:
    name, _sign, folder = place.plugin.removeprefix("qlikops.cloud.").partition("#")
    plugin = importlib.import_module(f"{PLUGINS}.{'modules' if folder == 'module' else folder}.{name}")
    if place.kind == "return":
        assert is_returned(yaml.safe_load(plugin.RETURN), place.name)
    elif place.kind == "variable":
        assert place.name in host_variables(Tenant.from_api({"id": "a"}), None)
    elif place.name:
        assert place.name in options_of(yaml.safe_load(plugin.DOCUMENTATION))
    else:
        assert place.kind in ("module", "lookup", "inventory")


def is_returned(values: t.Any, path: str) -> bool:
    """Whether a return value is documented under a path such as tenants[].name, which says what is a list."""
    name, _dot, rest = path.partition(".")
    found = values.get(name.removesuffix("[]"))
    if found is None or not rest:
        return found is not None
    return name.endswith("[]") == (found["type"] == "list") and is_returned(found.get("contains", {}), rest)


def options_of(documentation: dict[str, t.Any]) -> set[str]:
    """Its own options and those of the collection's fragments."""
    options = set(documentation["options"])
    for fragment in documentation["extends_documentation_fragment"]:
        name, _dot, section = fragment.removeprefix("qlikops.cloud.").partition(".")
        if fragment.startswith("qlikops.cloud."):
            source = importlib.import_module(f"{PLUGINS}.doc_fragments.{name}").ModuleDocFragment
            options |= set(yaml.safe_load(getattr(source, section.upper() or "DOCUMENTATION")).get("options", {}))
    return options


@pytest.fixture(scope="module")
def service() -> Service:
    readings = Readings(None)
    state = build_state(1, 1, ("us",), 1, "plain", time.time)
    return Service(state, readings, Limiter(readings, time.time, False), time.time)


def test_the_endpoints_are_those_of_the_simulated_console(service: Service) -> None:
    def plain(path: str) -> str:
        return re.sub(r"\{[^}]*\}", "{}", path)

    served = {f"{endpoint.method} {plain(endpoint.path)}" for endpoint in console_endpoints(service)}
    assert set(map(plain, named("Endpoints"))) == served
    assert {section.of for section in SECTIONS if section.of} <= set(named("Endpoints"))


def paths(value: t.Any, prefix: str = "") -> set[str]:
    """The keys of a document, and those within them after a dot."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return paths(value[0], prefix)
    if isinstance(value, dict) and value:
        return {path for key, part in value.items() for path in paths(part, f"{prefix}.{key}" if prefix else key)}
    return {prefix}


def test_the_fields_of_a_tenant_are_those_in_code_and_in_the_simulator(service: Service) -> None:
    rows, texts = named("A tenant"), ("name", "subscription_id", "license_number", "created_by", "deletion_starts_at")
    dates = {"license_starts_at": "2030-01-01", "license_ends_at": "2030-01-01"}
    tenant = replace(service.state.tenants[0], **dict.fromkeys(texts, "a"), **dates)
    assert set(rows) == paths(TenantView(service.state, service.readings).row(tenant))
    known = Tenant.from_api({"id": "a"})
    assert set(rows) - {"links.self.href"} == set(known.as_row())
    assert names_at(rows, "return", "tenants[].") == set(known.facts()) - OWN_FACTS
    assert names_at(rows, "variable", "qlik_") == set(known.facts()) - OWN_FACTS


def test_the_fields_of_a_client_are_those_in_code_and_in_the_simulator(service: Service) -> None:
    lists = {"public_keys": [{}], "scopes": ["a"], "secrets": [Secret("a", "b", 0.0, "c")]}
    more = {"description": "a", "disable_tag": "a", "updated_at": 0.0, "published_at": 0.0}
    client = replace(next(iter(service.state.clients.values())), **lists, **more)
    rows = named("An OAuth client")
    assert set(rows) == paths(client_row(client, service.readings)) | set(KEPT) | NOT_PLAYED - {"source.pointer"}
    assert names_at(rows, "return", "clients[].") == {field.name for field in fields(OAuthClient)}


def test_what_can_be_set_of_a_client_is_what_code_and_simulator_take() -> None:
    body = {name.partition(".")[0] for name in named("The body of a new OAuth client")}
    assert body == {*TEXTS, *LISTS, "publicKeys", "connectionConfig"}
    patch = {name for name in named("Changing an OAuth client") if name.startswith("/")}
    assert patch == set(NARROW_PATHS) == set(SETTABLE.values())


def test_the_fields_of_a_token_are_those_that_the_simulated_console_issues(service: Service) -> None:
    client = next(client for client in service.state.clients.values() if client.level == ORGANIZATION)
    form = {"grant_type": "client_credentials", "client_id": client.client_id, "client_secret": client.secret}
    headers, body = Headers({"content-type": "application/json"}), json.dumps(form).encode()
    call = Call("POST", CONSOLE_HOST, "/oauth/token", QueryParams(), headers, body, 0)
    answer = TokenEndpoint(service).grant(call).body
    assert set(named("A token")) == {*answer, "expires_in"}
    assert {*form, "scope"} < set(named("Asking for a token"))


@pytest.mark.parametrize(
    ("title", "family"),
    [("An error of the tenants' part", FAMILY_A), ("An error of the OAuth clients' part", FAMILY_B)],
)
def test_the_fields_of_an_error_are_those_of_the_simulated_console(title: str, family: str) -> None:
    error = ApiError(400, "Invalid filter", detail="it is wrong", parameter="filter", meta="more")
    played = {path.removeprefix("errors.") for path in paths(error_body(error, family, "a1"))}
    assert set(named(title)) - NOT_PLAYED == played
