# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may ask a controller, and for what."""

from __future__ import annotations

import pytest


def test_without_a_token_nobody_gets_in(call):
    call.session.headers.pop("Authorization")
    status, body = call("GET", "organizations/")
    assert status == 401
    assert body["detail"].startswith("Authentication credentials were not provided.")
    assert call("GET", "ping/")[0] == 200


def test_a_name_and_a_password_buy_a_token_that_can_be_given_back(call, controller):
    call.session.headers.pop("Authorization")
    account = controller.login["CONTROLLER_USERNAME"], controller.login["CONTROLLER_PASSWORD"]
    status, token = call("POST", "tokens/", {"scope": "write"}, auth=account)
    assert status == 201
    bearer = {"headers": {"Authorization": f"Bearer {token['token']}"}}
    assert call("GET", "organizations/", **bearer)[0] == 200
    assert call("DELETE", f"tokens/{token['id']}/", auth=account)[0] == 204
    assert call("GET", "organizations/", **bearer)[0] == 401
    assert call("POST", "tokens/", {}, auth=(account[0], "another"))[0] == 401


@pytest.mark.parametrize("path", ["organizations/99/", "nothing/", "organizations", "organizations/1/nothing/"])
def test_what_is_not_there(call, path):
    assert call("GET", path) == (404, {"detail": "Not found."})


@pytest.mark.parametrize(
    ("method", "path"), [("DELETE", "organizations/"), ("POST", "unified_job_templates/"), ("POST", "organizations/1/")]
)
def test_what_is_not_allowed(call, method, path):
    assert call(method, path, {}) == (405, {"detail": f'Method "{method}" not allowed.'})


def test_the_product_is_named(call):
    done = call.session.get(f"{call.controller.url}/api/v2/organizations/", timeout=30)
    assert done.headers["X-API-Product-Name"] == "AWX"
    assert done.headers["X-API-Product-Version"] == "24.6.1"


def test_a_body_that_is_no_json_object(call):
    assert call("POST", "labels/", [1]) == (400, {"detail": "JSON parse error - not a JSON object"})
    assert call("POST", "labels/", data="{")[0] == 400


def test_requests_are_recorded(call, controller):
    call.get("organizations/", name="Default")
    call.make("labels", name="ours", organization=1)
    assert [(asked.method, asked.path, asked.status) for asked in controller.requests] == [
        ("GET", "/api/v2/organizations/", 200),
        ("POST", "/api/v2/labels/", 201),
    ]
    assert [asked.body for asked in controller.changes] == [{"name": "ours", "organization": 1}]
    controller.forget()
    assert not controller.requests
