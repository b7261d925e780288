# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import sqlite3
import subprocess
import sys
import typing as t
from contextlib import closing
from pathlib import Path

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._event_memory import EventMemory
from ansible_collections.qlikops.cloud.plugins.module_utils._tenant_events import Known, Reminder
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant
from tools.environment import COLLECTIONS

ONE, TWO = (Known(Tenant.from_api({"id": identity})) for identity in ("t-1", "t-2"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "deep" / "tenants.db"


def opened(path: Path) -> t.ContextManager[EventMemory]:
    return closing(EventMemory(path, patience=0))


def test_what_was_recorded_is_there_again(path):
    with opened(path) as memory:
        assert (memory.owner, memory.known(), memory.pending()) == (None, {}, [])
        memory.record("us", {"t-1": ONE, "t-2": TWO}, [{"type": "a"}, {"type": "b"}])
        memory.record("us", {"t-1": Known(ONE.tenant, Reminder("2030-01-01", 7)), "t-2": None}, [])
        before = memory.pending()
    with opened(path) as memory:
        assert (memory.owner, memory.known()) == ("us", {"t-1": Known(ONE.tenant, Reminder("2030-01-01", 7))})
        assert memory.pending() == before
        assert [(row.event["type"], row.was_told) for row in before] == [("a", False), ("b", False)]


def test_an_event_keeps_its_id_and_no_other_one_ever_gets_it(path):
    ids = []
    for _turn in range(3):
        with opened(path) as memory:
            memory.record("us", {}, [{"type": "a"}])
            (pending,) = memory.pending()
            ids.append(pending.event["id"])
            memory.strike(pending.number)
            assert memory.pending() == []
    assert len(set(ids)) == 3


def test_what_was_told_is_known_until_it_is_struck(path):
    with opened(path) as memory:
        memory.record("us", {}, [{"type": "a"}, {"type": "b"}])
        memory.mark(memory.pending()[0].number, 100.0)
    with opened(path) as memory:
        assert [(row.event["type"], row.was_told) for row in memory.pending()] == [("a", True), ("b", False)]
        memory.strike_told(99.0)
        assert len(memory.pending()) == 2
        memory.strike_told(100.0)
        assert [row.event["type"] for row in memory.pending()] == ["b"]


def test_only_the_owner_can_read_the_file(path):
    path.parent.mkdir(parents=True)
    path.touch(mode=0o644)
    with opened(path) as memory:
        memory.record("us", {"t-1": ONE}, [])
        assert [file.stat().st_mode & 0o777 for file in path.parent.iterdir()] == [0o600] * len(
            [*path.parent.iterdir()]
        )


def test_one_source_alone_uses_a_file(path):
    with opened(path), pytest.raises(ConfigurationError, match="is used by another event source"):
        EventMemory(path, patience=0)


def test_a_second_source_in_the_same_process_leaves_the_first_its_lock(path):
    other = "from ansible_collections.qlikops.cloud.plugins.module_utils._event_memory import EventMemory\n"
    other += f"import pathlib; EventMemory(pathlib.Path({str(path)!r}), 0)"
    with opened(path):
        with pytest.raises(ConfigurationError, match="is used by another event source"):
            EventMemory(path, patience=0)
        command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(COLLECTIONS)!r})\n{other}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "is used by another event source" in done.stderr


def test_nothing_is_kept_of_a_record_that_fails(path):
    with opened(path) as memory:
        memory.record("us", {"t-1": ONE}, [])
        with pytest.raises(TypeError):
            memory.record("them", {"t-2": TWO}, [{"type": object()}])
        assert (memory.owner, memory.known(), memory.pending()) == ("us", {"t-1": ONE}, [])


def test_after_the_end_nothing_is_written(path):
    memory = EventMemory(path)
    memory.close()
    with pytest.raises(ConfigurationError, match="cannot be used"):
        memory.record("us", {}, [])


def test_a_file_of_something_else_is_refused(path):
    path.parent.mkdir(parents=True)
    path.write_text("dear diary " * 100)
    with pytest.raises(ConfigurationError, match="file is not a database"):
        EventMemory(path)
    assert path.read_text() == "dear diary " * 100


def test_a_file_of_another_version_is_refused(path):
    with opened(path) as memory:
        memory.record("us", {}, [])
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE facts SET value = '2' WHERE name = 'format'")
    for _turn in range(2):
        with pytest.raises(ConfigurationError, match="another version"):
            EventMemory(path, patience=0)


def test_a_folder_in_its_place_is_told(tmp_path):
    with pytest.raises(ConfigurationError, match=r"cannot be used: Is a directory\. Name another one"):
        EventMemory(tmp_path)
