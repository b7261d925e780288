# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a controller makes of credentials."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from controller.injection import controller_environment, injected

INPUTS = {
    "fields": [
        {"id": "host", "type": "string", "default": "nowhere"},
        {"id": "key", "type": "string", "format": "ssh_private_key", "secret": True},
        {"id": "verify", "type": "boolean", "default": True},
    ]
}


@pytest.mark.parametrize(
    ("template", "inputs", "value"),
    [
        ("{{ host }}", {"host": "here"}, "here"),
        ("{{ host }}", {}, ""),
        ("{{ host | default('there') }}", {"host": ""}, "there"),
        ("{{ host is defined }}", {"host": ""}, "False"),
        ("{{ verify }}", {}, "False"),
        ("{{ verify }}", {"verify": True}, "True"),
        ("{{ verify | string | lower }}", {"verify": False}, "false"),
        ("{{ key }}|", {"key": "invented"}, "invented\n|"),
        ("{{ host }}\n", {"host": "here"}, "here"),
    ],
)
def test_values(tmp_path, template, inputs, value):
    assert injected(INPUTS, {"env": {"A": template}}, inputs, tmp_path) == {"A": value}


def test_filters_are_those_of_jinja_alone(tmp_path):
    with pytest.raises(Exception, match="No filter named 'to_json'"):
        injected(INPUTS, {"env": {"A": "{{ host | to_json }}"}}, {}, tmp_path)
    assert injected(INPUTS, {"env": {"A": "{{ host | tojson }}"}}, {"host": "<"}, tmp_path) == {"A": '"\\u003c"'}


def test_settings_of_ansible_are_left_out(tmp_path):
    assert injected(INPUTS, {"env": {"ANSIBLE_HOME": "x", "PATH": "x", "A": "x"}}, {}, tmp_path) == {"A": "x"}


def test_one_file(tmp_path):
    injectors = {"file": {"template": "host={{ host }}\n"}, "env": {"A": "{{ tower.filename }}"}}
    path = Path(injected(INPUTS, injectors, {"host": "here"}, tmp_path)["A"])
    assert path.parent == tmp_path
    assert path.read_text() == "host=here"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_named_files(tmp_path):
    injectors = {
        "file": {"template.one": "1\n\n", "template.two": "2"},
        "env": {"A": "{{ tower.filename.one }}", "B": "{{ tower.filename.two }}"},
    }
    made = injected(INPUTS, injectors, {}, tmp_path)
    assert [Path(made[name]).read_text() for name in "AB"] == ["1\n", "2"]


def test_the_controller_s_own_type_sets_every_variable(tmp_path):
    made = controller_environment({"host": "https://here", "oauth_token": "invented"}, tmp_path)
    assert {name.removeprefix("TOWER_") for name in made if name.startswith("TOWER_")} == {
        name.removeprefix("CONTROLLER_") for name in made if name.startswith("CONTROLLER_")
    }
    assert made["CONTROLLER_HOST"] == made["TOWER_HOST"] == "https://here"
    assert (made["CONTROLLER_OAUTH_TOKEN"], made["CONTROLLER_USERNAME"]) == ("invented", "")
    assert made["CONTROLLER_VERIFY_SSL"] == "False"
