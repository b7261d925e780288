# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module rest_info. Private to this collection."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._all_pages import send_for_all
from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._connection import opened_tokens
from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import CONNECTION_ARGUMENTS, Arguments
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError, ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import SUCCESSES, Request
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Operation, Result
from ansible_collections.qlikops.cloud.plugins.module_utils._rest import Address, answers_secrets, headers_of

READING_ACTIONS = ("/actions/filter", "/actions/count")
CALL_ARGUMENTS: Arguments = {
    "host": {"type": "str"},
    "subscription_id": {"type": "str"},
    "path": {"type": "str", "required": True},
    "query": {"type": "dict", "default": {}},
    "headers": {"type": "dict", "default": {}},
    "status_code": {"type": "list", "elements": "int"},
}


def work(invocation: Invocation) -> Result:
    """Read a path, and all pages of a list."""
    options = invocation.options
    place, body = Address.of(options["path"], options["query"]), options["body"]
    if body is not None and not place.path.endswith(READING_ACTIONS):
        raise ConfigurationError(
            f"With body, the path must end in {' or '.join(READING_ACTIONS)}, unlike {place.path}: other calls may "
            "change something, and are made with qlikops.cloud.rest."
        )
    if options["max_items"] is not None and options["max_items"] < 1:
        raise ConfigurationError(f"The option max_items must be at least 1, not {options['max_items']}.")
    method = "GET" if body is None else "POST"
    request = Request(method, place.path, place.query, body, headers_of(options["headers"]), repeatable=True)
    client = ApiClient(opened_tokens(options, invocation.run_dir, invocation.warn))
    expected, takes_pages = options["status_code"] or SUCCESSES, bool(options["status_code"])
    answer = send_for_all(client, request, expected, options["key"], options["max_items"], takes_pages)
    if answer.is_binary:
        raise AnswerError(
            f"{client.host} answered with bytes that are neither JSON nor text; to keep them in a file, use the module "
            "qlikops.cloud.rest with dest."
        )
    return answer.facts(options["key"])


REST_INFO = Operation(
    name="qlikops.cloud.rest_info",
    arguments={
        **CALL_ARGUMENTS,
        "body": {"type": "dict"},
        "key": {"type": "str", "no_log": False},
        "max_items": {"type": "int"},
        **CONNECTION_ARGUMENTS,
    },
    work=work,
    left_out={"host": "the tenant that the task runs for"},
    is_confidential=lambda options: answers_secrets("GET", options["path"]),
    acts_on_tenant=True,
)
