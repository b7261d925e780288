# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists: pages, filters, and objects with all their fields."""

from __future__ import annotations

import pytest


def test_pages(call, controller):
    for number in range(60):
        controller.add("labels", name=f"label {number:02}", organization=1)
    first = call.get("labels/")
    assert (first["count"], len(first["results"]), first["previous"]) == (60, 25, None)
    assert first["next"] == "/api/v2/labels/?page=2"
    last = call.get("labels/", page=3, page_size=29)
    assert (len(last["results"]), last["next"]) == (2, None)
    assert last["previous"] == "/api/v2/labels/?page=2&page_size=29"
    assert call("GET", "labels/", params={"page": 4}) == (404, {"detail": "Invalid page."})
    assert call.names("labels/", order_by="-name", page_size=1) == ["label 59"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"name": "Key"}, ["Key"]),
        ({"name": "key"}, []),
        ({"name__icontains": "KE"}, ["Key"]),
        ({"or__id": 77, "or__name": "Key"}, ["Key"]),
        ({"or__id": 1, "or__name": "1"}, ["Key"]),
        ({"organization": 1}, ["Key"]),
        ({"organization": 2}, []),
        ({"organization__name": "Default"}, ["Key"]),
        ({"credential_type__name": "Kind"}, ["Key"]),
        ({"credential_type__kind__in": "net,cloud"}, ["Key"]),
        ({"not__name": "Key"}, []),
        ({"organization__isnull": "true"}, []),
        ({"managed": "false"}, ["Key"]),
    ],
)
def test_filters(call, plant, query, found):
    assert call.names("credentials/", **query) == found


@pytest.mark.parametrize("query", [{"colour": "red"}, {"organization__colour": "red"}, {"name__colour": "x"}])
def test_unknown_fields_are_refused(call, query):
    assert call("GET", "projects/", params=query)[0] == 400


def test_numbers_and_booleans_are_refused_when_they_are_none(call):
    assert call("GET", "projects/", params={"organization": "ours"})[0] == 400
    assert call("GET", "projects/", params={"allow_override": "perhaps"})[0] == 400


def test_unified_job_templates_are_four_kinds_of_objects(call, plant):
    assert call.names("unified_job_templates/") == ["Project", "Source", "Template", "Asking", "Workflow"]
    assert call.names("unified_job_templates/", type="inventory_source,project", organization=1) == [
        "Project",
        "Source",
    ]
    ids = [row["id"] for row in call.get("unified_job_templates/")["results"]]
    assert len(set(ids)) == 5
    assert call("GET", "unified_job_templates/", params={"inventory": 1})[0] == 400


def test_named_urls(call, plant):
    assert call.get("projects/Project++Default/")["id"] == plant.project
    assert call.get("credentials/Key++Kind+cloud++Default/")["id"] == plant.credential
    assert call.get("inventory_sources/Source++Inventory/")["id"] == plant.source


def test_every_object_has_a_frame_and_its_fields(call, plant):
    project = call.get(f"projects/{plant.project}/")
    assert (project["type"], project["url"]) == ("project", f"/api/v2/projects/{plant.project}/")
    assert project["summary_fields"]["organization"] == {"id": 1, "name": "Default", "description": ""}
    assert project["related"]["update"] == f"{project['url']}update/"
    assert (project["scm_branch"], project["scm_clean"], project["timeout"]) == ("", False, 0)
    template = call.get(f"job_templates/{plant.template}/")
    defaults = {"job_type": "run", "forks": 0, "verbosity": 0, "extra_vars": "", "job_slice_count": 1, "limit": ""}
    assert defaults.items() <= template.items()
    assert template["organization"] == 1
    inventory = call.get(f"inventories/{plant.inventory}/")
    assert (inventory["kind"], inventory["host_filter"], inventory["variables"]) == ("", None, "")
    source = call.get(f"inventory_sources/{plant.source}/")
    assert (source["verbosity"], source["enabled_value"], source["update_on_launch"]) == (1, "", False)
    assert "organization" not in source


def test_children_and_playbooks(call, plant):
    assert call.names(f"inventories/{plant.inventory}/inventory_sources/") == ["Source"]
    assert call.get(f"projects/{plant.project}/playbooks/") == ["site.yml", "verify.yml"]
