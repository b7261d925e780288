# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    AuthenticationError,
    ConfigurationError,
    IncompleteListError,
    NotFoundError,
    QlikError,
    TransportError,
    WrongTenantError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._watch import LOOK_AGAIN, Watch


class Looks:
    """Looks that bring one thing after another, and the pauses between them."""

    def __init__(self, *found: t.Any) -> None:
        self.found, self.pauses = list(found), list[float]()

    def __call__(self) -> t.Any:
        found = self.found.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


NOT_YET = (
    NotFoundError("None.", host="h", status=404),
    AnswerError("Nonsense."),
    IncompleteListError("A part."),
    TransportError("Lost.", transient=True),
    ApiError("Not ready.", host="h", status=401),
    ApiError("Not ready.", host="h", status=503),
)


def test_a_watch_looks_until_something_shows() -> None:
    looks = Looks(*NOT_YET, "there")
    assert Watch(60, looks.pauses.append).until(looks) == "there"
    assert looks.pauses == [LOOK_AGAIN] * len(NOT_YET)


def test_a_watch_ends_with_what_it_saw_last() -> None:
    looks = Looks(*NOT_YET, "there")
    with pytest.raises(NotFoundError, match="None"):
        Watch(-1, looks.pauses.append).until(looks)
    assert (looks.pauses, len(looks.found)) == ([], len(NOT_YET))


@pytest.mark.parametrize(
    "error",
    [WrongTenantError("Another."), ConfigurationError("Wrong."), ApiError("Taken.", host="h", status=400)],
    ids=repr,
)
def test_what_time_does_not_mend_is_not_waited_for(error: QlikError) -> None:
    looks = Looks(error, "there")
    with pytest.raises(error.__class__):
        Watch(60, looks.pauses.append).until(looks)
    assert looks.pauses == []


def test_what_is_late_may_be_told() -> None:
    refused = AuthenticationError("Not yet.", host="h", status=401)
    looks = Looks(refused, ApiError("Broken.", host="h", status=503), "there")
    with pytest.raises(ApiError, match="Broken"):
        Watch(60, looks.pauses.append).until(looks, (AuthenticationError,))
    assert (looks.pauses, looks.found) == ([LOOK_AGAIN], ["there"])
