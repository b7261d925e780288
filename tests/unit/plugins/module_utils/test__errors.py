# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import inspect
import sys

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils import _errors
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    AuthenticationError,
    ConfigurationError,
    IncompleteListError,
    MissingLibraryError,
    NotFoundError,
    PartlyRefusedError,
    PermissionDeniedError,
    QlikError,
    RateLimitError,
    TenantDisabledError,
    TransportError,
    UnknownOutcomeError,
    is_outage,
    leaves_open,
)


def refused(kind: type[ApiError], status: int) -> ApiError:
    return kind("Refused.", host="console.test", status=status)


def test_surfaces_catch_every_exception_as_qlik_error() -> None:
    kinds = [kind for _name, kind in inspect.getmembers(_errors, inspect.isclass)]
    assert len(kinds) > 10
    assert all(issubclass(kind, QlikError) for kind in kinds)


def test_missing_library_says_what_to_install_and_for_which_python() -> None:
    assert f"'{sys.executable} -m pip install --upgrade requests'" in str(MissingLibraryError("requests"))


@pytest.mark.parametrize(
    ("problem", "fault"),
    [
        pytest.param(ModuleNotFoundError("No module named 'requests'", name="requests"), "is missing", id="missing"),
        pytest.param(ModuleNotFoundError("No module named 'idna'", name="idna"), "cannot be imported (No", id="part"),
        pytest.param(ImportError("undefined symbol: x"), "cannot be imported (undefined symbol: x)", id="broken"),
    ],
)
def test_missing_library_tells_what_is_missing_from_what_is_broken(problem: ImportError, fault: str) -> None:
    assert str(MissingLibraryError("requests", problem)).startswith(f"The Python package requests {fault}")


def test_refusal_keeps_its_parts() -> None:
    error = ApiError("Refused.", host="console.test", status=418, code="TEA-1", trace_id="f00")
    assert (str(error), error.host, error.status, error.code, error.trace_id) == (
        "Refused.",
        "console.test",
        418,
        "TEA-1",
        "f00",
    )


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(TransportError("Cut.", transient=True), True, id="cut connection"),
        pytest.param(TransportError("Not trusted.", transient=False), True, id="untrusted certificate"),
        pytest.param(AnswerError("No JSON."), True, id="no JSON"),
        pytest.param(IncompleteListError("A part."), True, id="incomplete list"),
        pytest.param(refused(RateLimitError, 429), True, id="429"),
        pytest.param(refused(ApiError, 500), True, id="500"),
        pytest.param(refused(ApiError, 503), True, id="503"),
        pytest.param(refused(ApiError, 400), False, id="400"),
        pytest.param(refused(AuthenticationError, 401), False, id="401"),
        pytest.param(refused(TenantDisabledError, 401), False, id="deactivated tenant"),
        pytest.param(refused(PermissionDeniedError, 403), False, id="403"),
        pytest.param(refused(NotFoundError, 404), False, id="404"),
        pytest.param(refused(ApiError, 499), False, id="499"),
        pytest.param(ConfigurationError("No client_id."), False, id="configuration"),
        pytest.param(MissingLibraryError("requests"), False, id="missing library"),
    ],
)
def test_outage_is_what_another_moment_or_network_may_mend(error: QlikError, expected: bool) -> None:
    assert is_outage(error) is expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(TransportError("Cut.", transient=True), True, id="cut connection"),
        pytest.param(TransportError("Refused.", transient=True, unsent=True), False, id="never sent"),
        pytest.param(TransportError("Not trusted.", transient=False, unsent=True), False, id="untrusted certificate"),
        pytest.param(AnswerError("No JSON."), True, id="no JSON"),
        pytest.param(refused(ApiError, 500), True, id="500"),
        pytest.param(refused(ApiError, 504), True, id="504"),
        pytest.param(refused(ApiError, 408), True, id="408"),
        pytest.param(refused(ApiError, 499), True, id="499"),
        pytest.param(refused(ApiError, 409), False, id="409"),
        pytest.param(refused(ApiError, 403), False, id="403"),
        pytest.param(refused(RateLimitError, 429), False, id="429"),
        pytest.param(refused(AuthenticationError, 401), False, id="401"),
        pytest.param(PartlyRefusedError("A part.", host="h", code="", rows=[], changed=True), False, id="207"),
        pytest.param(ConfigurationError("No file."), False, id="configuration"),
    ],
)
def test_open_is_what_may_have_been_carried_out(error: QlikError, expected: bool) -> None:
    assert leaves_open(error) is expected


def test_a_partial_refusal_has_changed_something_and_tells_the_rest() -> None:
    rows = [{"row": 2, "status": 400, "code": "E-1", "title": "No"}]
    assert not PartlyRefusedError("All.", host="h.test", code="E-1", rows=rows, changed=False).changed
    error = PartlyRefusedError("A part.", host="h.test", code="E-1", rows=rows, changed=True)
    assert error.changed
    assert error.facts() == {
        "kind": "partly_refused",
        "host": "h.test",
        "status": 207,
        "code": "E-1",
        "trace_id": "",
        "rows": rows,
    }


def test_what_may_have_been_carried_out_is_told_by_its_kind() -> None:
    error = UnknownOutcomeError("No answer came.")
    assert (error.facts(), error.changed, str(error)) == ({"kind": "unknown_outcome"}, False, "No answer came.")
    for cause in (TransportError("Cut.", transient=True), AnswerError("No JSON.")):
        assert UnknownOutcomeError("No answer came.", cause).facts() == {"kind": "unknown_outcome"}


def test_an_open_outcome_keeps_the_parts_of_the_refusal_behind_it() -> None:
    cause = ApiError("Refused.", host="h.test", status=504, code="E-1", trace_id="f00")
    error = UnknownOutcomeError("It may have been done.", cause)
    assert str(error) == "It may have been done."
    assert error.facts() == {
        "kind": "unknown_outcome",
        "host": "h.test",
        "status": 504,
        "code": "E-1",
        "trace_id": "f00",
    }
