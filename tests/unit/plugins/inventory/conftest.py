# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin inside this process, against the simulator."""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import inventory_loader
from ansible.utils.display import Display

NAME = "qlikops.cloud.tenants"


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine, and a cache of this test's own."""
    for name in [
        name for name in os.environ if name.startswith("QLIK_") or name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
    ]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("QLIK_RETRIES", "0")


@dataclass
class Said:
    """What the plugin told the user, by kind."""

    v: list[str] = field(default_factory=list)
    vvv: list[str] = field(default_factory=list)
    warning: list[str] = field(default_factory=list)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Said:
    record = Said()
    for kind in ("v", "vvv", "warning"):
        monkeypatch.setattr(
            Display, kind, lambda self, msg, *rest, kind=kind, **more: getattr(record, kind).append(msg)
        )
    return record


Read = t.Callable[..., InventoryData]


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Reads a source with the options given, as ansible would; raises what the plugin raises."""

    def read_source(
        options: dict[str, t.Any] | str | None = None,
        extra_vars: dict[str, t.Any] | None = None,
        cache: bool = True,
        name: str = "org.qlik.yml",
        inventory: InventoryData | None = None,
    ) -> InventoryData:
        path = tmp_path / name
        text = options if isinstance(options, str) else yaml.safe_dump({"plugin": NAME, **(options or {})})
        path.write_text(text, encoding="utf-8")
        monkeypatch.setattr("ansible.plugins.inventory.load_extra_vars", lambda loader: extra_vars or {})
        plugin = inventory_loader.get(NAME)
        data = InventoryData() if inventory is None else inventory
        assert plugin.verify_file(str(path))
        plugin.parse(data, DataLoader(), str(path), cache=cache)
        if "_cache" in vars(plugin):
            plugin.update_cache_if_changed()
        return data

    return read_source
