# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import CONNECTION_ARGUMENTS
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._event_options import settled


def test_all_have_defaults():
    options = settled({})
    assert {name: options[name] for name in options if name not in CONNECTION_ARGUMENTS} == {
        "organization": None,
        "expect_at_least": 0,
        "poll_interval": 60,
        "license_ends_within": (90, 30, 7),
        "tell_again_within": 300,
        "state_file": None,
        "feedback": False,
    }
    assert (options["console_url"], options["timeout"]) == ("https://console.qlikcloud.com", 30)


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("client_id", 12, "12"),
        ("poll_interval", "5", 5),
        ("license_ends_within", [60, "10"], (60, 10)),
        ("license_ends_within", "60, 10", (60, 10)),
        ("license_ends_within", 14, (14,)),
        ("license_ends_within", [], ()),
        ("state_file", "~/state.db", "/home/me/state.db"),
        ("feedback", True, True),
        ("token_cache", "none", "none"),
    ],
)
def test_values_come_in_the_type_of_their_option(name, value, meant, monkeypatch):
    monkeypatch.setenv("HOME", "/home/me")
    assert settled({name: value})[name] == meant


@pytest.mark.parametrize(
    ("given", "variable", "meant"),
    [(None, "7", 7), ("", "7", 7), (5, "7", 5), (None, "", 60), (None, " ", 60)],
)
def test_the_environment_stands_in_for_what_is_left_out(given, variable, meant, monkeypatch):
    monkeypatch.setenv("QLIK_POLL_INTERVAL", variable)
    assert settled({"poll_interval": given})["poll_interval"] == meant


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("poll_interval", "often", "The option poll_interval must be a whole number."),
        ("poll_interval", True, "The option poll_interval must be a whole number."),
        ("poll_interval", 0.5, "The option poll_interval must be a whole number."),
        ("poll_interval", 0, "The option poll_interval must be from 1 to 86400, not 0."),
        ("client_secret", ["s3cret"], "The option client_secret must be text."),
        ("state_file", {"a": 1}, "The option state_file must be a path."),
        ("license_ends_within", -1, "The option license_ends_within must be a list of whole numbers of days."),
        ("license_ends_within", {"a": 1}, "The option license_ends_within must be a list of whole numbers of days."),
        ("feedback", "perhaps", "The option feedback must be true or false, not a template."),
        ("token_cache", "disk", "The option token_cache must be one of user, run, none."),
        ("poll_intervall", 5, "The event source has the unknown option poll_intervall; did you mean poll_interval?"),
        ("S3cret!", 5, "The event source has an unknown option."),
    ],
)
def test_wrong_ones_are_refused_in_a_sentence(name, value, sentence):
    with pytest.raises(ConfigurationError) as caught:
        settled({name: value})
    assert str(caught.value) == sentence


def test_the_engine_reads_feedback_in_the_rulebook_alone(monkeypatch):
    monkeypatch.setenv("QLIK_FEEDBACK", "true")
    assert settled({})["feedback"] is False


def test_a_variable_that_is_wrong_is_named(monkeypatch):
    monkeypatch.setenv("QLIK_RETRIES", "many")
    with pytest.raises(ConfigurationError, match=r"^QLIK_RETRIES must be a whole number\.$"):
        settled({})


def test_those_of_the_inventory_lead_to_conditions():
    with pytest.raises(ConfigurationError, match=r"regions is an option of the inventory; .*event\.tenant\.region"):
        settled({"regions": ["us"]})
