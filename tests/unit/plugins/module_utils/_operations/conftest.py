# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of operations on tenants share."""

from __future__ import annotations

import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from simulator import Simulator

if t.TYPE_CHECKING:
    from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Operation, Result


@pytest.fixture
def tenants(organization: t.Callable[..., Simulator], monkeypatch: pytest.MonkeyPatch) -> Simulator:
    """An organization of a few tenants, the first of which operations are about."""
    monkeypatch.setenv("QLIK_RETRIES", "0")
    return organization(tenants=3)


@pytest.fixture
def run(tenants: Simulator) -> t.Callable[..., Result]:
    """`run(operation, check_mode=..., **arguments)`: its result on the first tenant, with what opens it."""
    # pytest reads this file before the collection can be found
    from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation

    tenant = tenants.state.tenants[0]
    client = tenants.region_client("us", tenant.subscription_id)
    opened = {"host": tenant.hostnames[0], "client_id": client.client_id, "client_secret": client.secret}

    def outcome(operation: Operation, check_mode: bool = False, **arguments: t.Any) -> Result:
        given = {**opened, "token_cache": "none", **arguments}
        checked = ArgumentSpecValidator(operation.arguments, **operation.rules).validate(given)
        assert not checked.error_messages
        return operation.outcome(Invocation(checked.validated_parameters, check_mode, False, None, print))

    return outcome
