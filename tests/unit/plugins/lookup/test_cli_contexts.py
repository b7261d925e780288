# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The lookup cli_contexts."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader
from ansible.template import Templar

CONTEXTS = """
contexts:
  north:
    server: https://north.us.qlikcloud.com
    server-type: cloud
    oauth-client-id: c-1
    oauth-client-secret: s3cret
current-context: north
"""


def look(path: Path, **options: t.Any) -> dict[str, t.Any]:
    loader = DataLoader()
    plugin = lookup_loader.get("qlikops.cloud.cli_contexts", loader=loader, templar=Templar(loader))
    (found,) = plugin.run([str(path)], variables={}, **options)
    return t.cast("dict[str, t.Any]", found)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "contexts.yml"
    path.write_text(CONTEXTS, encoding="utf-8")
    return path


def test_clients_are_read_from_a_file(path: Path) -> None:
    entry = {"hostname": "north.us.qlikcloud.com", "client_id": "c-1", "client_secret": "s3cret"}
    assert look(path)["tenants"] == [entry]
    found = look(path, given=["tenant north.us.qlikcloud.com"])
    assert (found["tenants"], len(found["left_out"])) == ([], 1)


def test_what_is_wrong_is_one_sentence_without_secrets(path: Path) -> None:
    path.write_text(CONTEXTS + "  s3cret: [", encoding="utf-8")
    with pytest.raises(AnsibleLookupError, match="cannot be read: it is neither valid YAML nor JSON") as caught:
        look(path)
    assert "s3cret" not in str(caught.value)
    with pytest.raises(AnsibleLookupError, match="there is no such file"):
        look(path.with_name("other.yml"))
    found = look(path.with_name("other.yml"), fail=False)
    assert found.pop("problem").endswith("other.yml cannot be read: there is no such file.")
    assert not any(found.values())
    with pytest.raises(AnsibleLookupError, match="givn"):
        look(path, givn=[])
