# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.qlikops.cloud.plugins.module_utils._oauth_clients import OAuthClient, OAuthClients
from ansible_collections.qlikops.cloud.plugins.module_utils._operations.oauth_client_secret import OAUTH_CLIENT_SECRET
from simulator import Fault

if t.TYPE_CHECKING:
    from simulator.models import Client

    from ..conftest import VaultBook
    from .conftest import Place


def act(place: Place, **arguments: t.Any) -> dict[str, t.Any]:
    return place.act(OAUTH_CLIENT_SECRET, **arguments)


def remove(place: Place, client: Client | None, **arguments: t.Any) -> dict[str, t.Any]:
    target = {"client": client.client_id} if client else {}
    return act(place, state="absent", **target, **arguments)


def hints(client: Client) -> list[str]:
    return [secret.hint for secret in client.secrets]


def aged(place: Place, client: Client, *ages: float) -> Client:
    """The client with one secret of each age in seconds, the oldest last in none but their dates."""
    client.secrets = client.secrets[:1]
    for _more in ages[1:]:
        place.simulator.add_secret(client.client_id)
    for secret, age in zip(client.secrets, ages, strict=True):
        secret.created_at = 1_800_000_000 - age
    return client


def shown(result: dict[str, t.Any]) -> list[str]:
    return [mark["hint"] for mark in result["secrets"]]


@pytest.mark.parametrize("wanted", [True, False])
def test_each_run_adds_a_secret(place: Place, wanted: bool) -> None:
    client = place.add("Another")
    for number in (2, 3):
        before = hints(client)
        result = act(place, client=client.client_id, return_secret=wanted, diff=True)
        secret = client.secrets[-1]
        assert (result["changed"], result["client"], result["hint"]) == (True, client.client_id, secret.hint)
        assert result["created_at"] == result["secrets"][-1]["created_at"]
        assert result["created_at"].startswith("20")
        assert result.get("client_secret") == (secret.value if wanted else None)
        assert shown(result) == hints(client)
        assert result["diff"] == {"before": {"hints": before}, "after": {"hints": hints(client)}}
        assert len(client.secrets) == number


def test_the_client_that_authenticates_the_task_is_meant_when_none_is(place: Place) -> None:
    place.add("Another")
    assert act(place)["client"] == place.own.client_id
    assert len(place.own.secrets) == 2


def test_check_mode_adds_none(place: Place) -> None:
    result = act(place, check_mode=True, diff=True, return_secret=True)
    assert (result["changed"], result["hint"], result["created_at"]) == (True, None, None)
    assert "client_secret" not in result
    assert result["diff"]["after"]["hints"] == [*hints(place.own), "a new one"]
    assert shown(result) == hints(place.own)
    assert place.writes() == []


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_sixth_is_refused_before_it_is_asked_for(place: Place, check_mode: bool) -> None:
    client = place.add("Full", secrets=5)
    result = act(place, client=client.client_id, check_mode=check_mode)
    assert result["error"]["kind"] == "configuration"
    assert "has 5 secrets, and 5 are the most: " in result["msg"]
    assert all(f"{hint} (created at 20" in result["msg"] for hint in hints(client))
    assert place.writes() == []


def test_a_sixth_that_another_has_added_is_refused_by_the_service(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = place.add("Full", secrets=5)
    look = OAuthClients.get

    def get(self: OAuthClients, client_id: str) -> OAuthClient:
        found = look(self, client_id)
        return OAuthClient(**{**vars(found), "secrets": found.secrets[:4]})

    monkeypatch.setattr(OAuthClients, "get", get)
    result = act(place, client=client.client_id)
    assert (result["error"]["kind"], result["error"]["status"]) == ("refused", 409)


@pytest.mark.parametrize("kind", ["lost", "malformed", "html", "cut_body"])
def test_an_addition_of_unknown_outcome_is_not_repeated(place: Place, kind: str) -> None:
    place.simulator.faults.append(Fault(f"POST {place.path}", kind))
    result = act(place, retries=3, return_secret=True)
    assert result["error"]["kind"] == "unknown_outcome"
    assert "compare the hints of the client's secrets" in result["msg"]
    assert len(place.writes()) == 1


def test_a_client_that_is_not_there_fails(place: Place) -> None:
    for more in ({}, {"state": "absent", "hint": "h"}, {"state": "absent", "keep": 1}):
        assert act(place, client="none", **more)["error"]["kind"] == "not_found"


@pytest.mark.parametrize("check_mode", [True, False])
def test_a_secret_is_removed_once(place: Place, check_mode: bool) -> None:
    client = place.add("Another", secrets=3)
    first, second, third = hints(client)
    result = remove(place, client, hint=second, check_mode=check_mode, diff=True)
    assert (result["changed"], result["removed"], shown(result)) == (True, [second], [first, third])
    assert result["diff"] == {"before": {"hints": [first, second, third]}, "after": {"hints": [first, third]}}
    assert hints(client) == ([first, second, third] if check_mode else [first, third])
    if check_mode:
        assert place.writes() == []
        return
    again = remove(place, client, hint=second, diff=True)
    assert (again["changed"], again["removed"]) == (False, [])
    assert again["diff"]["before"] == again["diff"]["after"]
    assert len(place.writes()) == 1


def test_the_only_secret_of_another_client_may_go(place: Place) -> None:
    client = place.add("Another")
    assert remove(place, client, hint=client.secrets[0].hint)["changed"]
    assert client.secrets == []


@pytest.mark.parametrize(
    ("ages", "keep", "removed"),
    [
        ([30, 10, 20], 1, [0, 2]),
        ([30, 10, 20], 2, [0]),
        ([30, 10, 20], 3, []),
        ([30, 10, 20], 9, []),
        ([1, 2, 3, 4, 5], 1, [4, 3, 2, 1]),
        ([1], 1, []),
        ([2e-6, 0, 1e-6], 1, [0, 2]),
    ],
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_all_but_the_newest_are_removed(
    place: Place, ages: list[float], keep: int, removed: list[int], check_mode: bool
) -> None:
    client = aged(place, place.add("Another"), *ages)
    before = hints(client)
    result = remove(place, client, keep=keep, check_mode=check_mode)
    gone = [before[number] for number in removed]
    assert (result["changed"], result["removed"]) == (bool(removed), gone)
    left = [hint for hint in before if hint not in gone]
    assert shown(result) == left
    assert hints(client) == (before if check_mode else left)
    assert len(place.writes()) == (0 if check_mode else len(removed))
    if not check_mode:
        assert not remove(place, client, keep=keep)["changed"]


def with_marks(place: Place, monkeypatch: pytest.MonkeyPatch, *marks: dict[str, str]) -> Client:
    """A client whose secrets the service tells of as given."""
    client, read = place.add("Odd"), OAuthClient.from_api.__func__  # type: ignore[attr-defined]

    def from_api(cls: type[OAuthClient], row: t.Mapping[str, t.Any]) -> t.Any:
        return read(cls, {**row, "clientSecrets": list(marks)})

    monkeypatch.setattr(OAuthClient, "from_api", classmethod(from_api))
    return client


DAY = "2030-01-01T00:00:0"


@pytest.mark.parametrize(
    "moments",
    [
        (f"{DAY}1.123456788Z", f"{DAY}1.123456789Z"),
        (f"{DAY}1Z", f"{DAY}1.5Z"),
        (f"{DAY}1.9Z", f"{DAY}2Z"),
        ("2030-01-01", f"{DAY}1Z"),
        (f"{DAY}1+01:00", f"{DAY}0Z"),
    ],
)
@pytest.mark.parametrize("turned", [True, False])
def test_the_newest_is_told_to_the_last_digit(
    place: Place, monkeypatch: pytest.MonkeyPatch, moments: tuple[str, str], turned: bool
) -> None:
    marks = [{"hint": name, "createdAt": moment} for name, moment in zip(("old", "new"), moments, strict=True)]
    client = with_marks(place, monkeypatch, *(reversed(marks) if turned else marks))
    assert remove(place, client, keep=1, check_mode=True)["removed"] == ["old"]


def test_what_has_no_date_is_not_kept_apart(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    client = with_marks(place, monkeypatch, {"hint": "a"}, {"hint": "b", "createdAt": f"{DAY}1Z"})
    result = remove(place, client, keep=1)
    assert "has a secret of unknown age, a," in result["msg"]
    assert not remove(place, client, keep=2)["changed"]
    assert remove(place, client, hint="a", check_mode=True)["removed"] == ["a"]


def test_two_secrets_of_one_hint_are_left_alone(place: Place) -> None:
    client = aged(place, place.add("Another"), 30, 20, 10)
    client.secrets[1].hint = client.secrets[2].hint
    first, same = client.secrets[0].hint, client.secrets[1].hint
    for arguments in ({"hint": same}, {"keep": 1}):
        result = remove(place, client, **arguments)
        assert f"has several secrets of the hint {same}" in result["msg"]
    assert remove(place, client, keep=2)["removed"] == [first]
    assert [method for method, _path in place.writes()] == ["DELETE"]


OWN, OTHER = 0, 1
REMOVALS: dict[str, tuple[int, dict[str, t.Any], str | None]] = {
    # how many secrets, options with numbers for hints, and what the refusal says, None when there is none
    "the only one": (1, {"hint": OWN}, "is the one that authenticates this task"),
    "the only one, allowed": (1, {"hint": OWN, "allow_own": True}, None),
    "the only one, known": (1, {"hint": OWN, "own_hint": OWN}, "is the one that authenticates this task"),
    "none": (1, {"keep": 1}, None),
    "unknown which": (2, {"hint": OTHER}, "with one of its 2 secrets: give the hint of that one as own_hint, or say"),
    "unknown which, allowed": (2, {"hint": OTHER, "allow_own": True}, None),
    "unknown which of the newest": (3, {"keep": 1}, "with one of its 3 secrets: give the hint"),
    "another": (2, {"hint": OTHER, "own_hint": OWN}, None),
    "its own": (2, {"hint": OWN, "own_hint": OWN}, "is the one that authenticates this task"),
    "its own, allowed": (2, {"hint": OWN, "own_hint": OWN, "allow_own": True}, None),
    "own of old": (2, {"hint": OTHER, "own_hint": "gone"}, "has no secret of the own_hint gone; it has "),
    "absent, own unknown": (2, {"hint": "gone"}, None),
}


@pytest.mark.parametrize("name", REMOVALS)
@pytest.mark.parametrize("check_mode", [True, False])
def test_the_secret_that_authenticates_the_task_is_removed_on_demand_alone(
    place: Place, name: str, check_mode: bool
) -> None:
    count, given, refusal = REMOVALS[name]
    client = aged(place, place.own, *range(count, 0, -1))
    before = hints(client)
    options = {
        key: before[value] if key.endswith("hint") and isinstance(value, int) else value for key, value in given.items()
    }
    result = remove(place, None, check_mode=check_mode, **options)
    if refusal:
        assert result["error"]["kind"] == "configuration"
        assert refusal in result["msg"]
        assert hints(client) == before
        assert place.writes() == []
    else:
        assert not result.get("failed")
        assert result["removed"] == [hint for hint in before if hint == options.get("hint")]
        assert len(place.writes()) == (0 if check_mode else len(result["removed"]))


@pytest.mark.parametrize("allow_own", [True, False])
def test_the_own_secret_stays_beside_the_newest(place: Place, allow_own: bool) -> None:
    client = aged(place, place.own, 50, 40, 30, 20)
    own, *others = hints(client)
    result = remove(place, None, keep=2, own_hint=own, allow_own=allow_own)
    assert (result["removed"], hints(client)) == (others[:1], [own, *others[1:]])


def test_a_hint_of_the_own_client_protects_no_other(place: Place) -> None:
    client = aged(place, place.add("Another"), 30, 20, 10)
    first, second, _third = hints(client)
    assert remove(place, client, keep=1, own_hint=first)["removed"] == [first, second]


def test_a_client_with_a_private_key_uses_none_of_its_secrets(
    place: Place, key_pair: tuple[str, dict[str, str]]
) -> None:
    pem, jwk = key_pair
    place.simulator.add_public_key(place.own.client_id, jwk)
    client = aged(place, place.own, 20, 10)
    proof = {"client_secret": None, "private_key": pem, "key_id": jwk["kid"]}
    assert len(remove(place, None, keep=1, **proof)["removed"]) == 1
    assert remove(place, None, hint=hints(client)[0], **proof)["changed"]
    assert client.secrets == []


def test_what_was_removed_before_a_failure_is_a_change(place: Place) -> None:
    client = aged(place, place.add("Another"), 30, 20, 10)
    place.simulator.faults.append(Fault(f"DELETE {place.path}", "status", status=503, after=1))
    result = remove(place, client, keep=1)
    assert (result["failed"], result["changed"], len(client.secrets)) == (True, True, 2)
    again = remove(place, client, keep=1)
    assert (again["failed"], "changed" in again) == (True, False)


def test_a_removal_whose_answer_is_lost_is_repeated(place: Place) -> None:
    client = place.add("Another", secrets=2)
    place.simulator.faults.append(Fault(f"DELETE {place.path}", "lost", times=1))
    assert remove(place, client, hint=hints(client)[0], retries=1)["changed"]
    assert len(client.secrets) == 1


def test_strange_hints_are_told_apart(place: Place) -> None:
    place.simulator.state.strange_hints = True
    client = place.add("Another", secrets=2)
    hint = hints(client)[1]
    assert "/" in hint
    assert remove(place, client, hint=hint)["removed"] == [hint]
    assert len(client.secrets) == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"hint": "h"}, "The option hint is for 'state: absent', not for present."),
        ({"keep": 1}, "The option keep is for 'state: absent', not for present."),
        ({"state": "absent", "keep": 0}, "The option keep must be at least 1, not 0."),
    ],
)
def test_options_that_make_no_sense_are_refused(place: Place, given: dict[str, t.Any], message: str) -> None:
    before = len(place.simulator.record)
    assert act(place, **given)["msg"] == message
    assert len(place.simulator.record) == before


def faults_of(**arguments: t.Any) -> list[str]:
    validator = ArgumentSpecValidator(OAUTH_CLIENT_SECRET.arguments, **OAUTH_CLIENT_SECRET.rules)
    return t.cast("list[str]", validator.validate(arguments).error_messages)


def test_what_must_be_given() -> None:
    assert faults_of(state="absent") == ["state is absent but any of the following are missing: hint, keep"]
    assert faults_of(state="absent", hint="h", keep=1) == ["parameters are mutually exclusive: hint|keep"]
    assert faults_of() == faults_of(state="absent", keep=1) == []


def test_a_result_with_a_secret_is_hidden() -> None:
    assert [OAUTH_CLIENT_SECRET.is_confidential({"return_secret": wish}) for wish in (True, False)] == [True, False]
    assert set(OAUTH_CLIENT_SECRET.left_out) == {"host", "client", "hint", "own_hint"}
    assert not OAUTH_CLIENT_SECRET.acts_on_tenant


@pytest.mark.parametrize(
    ("state", "runs_here"), [("present", False), ("absent", False), ("rotated", True), ("retired", True)]
)
def test_what_needs_the_book_runs_where_it_is(state: str, runs_here: bool) -> None:
    assert OAUTH_CLIENT_SECRET.runs_here({"state": state}) is runs_here


@pytest.mark.parametrize("state", ["rotated", "retired"])
def test_a_book_is_opened_by_the_action_plugin_alone(place: Place, vault_book: VaultBook, state: str) -> None:
    proof = {"client_id": None, "client_secret": None}
    before = len(place.simulator.record)
    result = act(place, state=state, credentials_file=str(vault_book.path), **proof)
    assert "runs where Ansible runs, by its action plugin; call it by its full name" in result["msg"]
    assert len(place.simulator.record) == before
