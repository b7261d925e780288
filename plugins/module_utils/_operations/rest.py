# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module rest. Private to this collection."""

from __future__ import annotations

import contextlib
import json
import typing as t
from dataclasses import replace

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._connection import opened_tokens
from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import CONNECTION_ARGUMENTS
from ansible_collections.qlikops.cloud.plugins.module_utils._contents import (
    BINARY,
    file_content,
    form_content,
    text_content,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._downloads import Download
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    ConfigurationError,
    QlikError,
    UnknownOutcomeError,
    leaves_open,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import SUCCESSES, Request
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Operation, Options, Result
from ansible_collections.qlikops.cloud.plugins.module_utils._operations.rest_info import CALL_ARGUMENTS
from ansible_collections.qlikops.cloud.plugins.module_utils._recognition import Recognition
from ansible_collections.qlikops.cloud.plugins.module_utils._rest import (
    Address,
    answers_secrets,
    headers_of,
    send,
)

METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
IDEMPOTENT = ("DELETE", "GET", "PUT")  # RFC 9110, section 9.2.2
ABSENT = (404, 410)
CONTENTS = ("body", "text", "src", "form")
LOOK = "It may have been carried out all the same: look before you send it again."


def work(invocation: Invocation) -> Result:
    """Make one call, unless what it would bring about is there already."""
    options = invocation.options
    request = _request(options)
    known = Recognition.from_options(options["unless"], request) if options["unless"] else None
    client = ApiClient(opened_tokens(options, invocation.run_dir, invocation.warn))
    if known and (found := known.look(client)):
        return {**found, "found": True}
    if invocation.check_mode and request.method != "GET":
        return {"changed": True, "would_send": f"{request.method} {client.host}{request.path}"}
    if options["dest"]:
        download = Download(options["dest"], invocation.check_mode, bool(options["status_code"]))
        return download.fetch(client, request, _expected(options))
    return _sent(client, request, known, options)


def _request(options: Options) -> Request:
    if options["method"] == "GET" and any(options[name] is not None for name in CONTENTS):
        raise ConfigurationError(f"A GET sends nothing: leave out {', '.join(CONTENTS)}, or give another method.")
    if options["dest"] and options["method"] != "GET":
        raise ConfigurationError("The option dest is for method GET.")
    place, method = Address.of(options["path"], options["query"]), options["method"]
    repeatable = method in IDEMPOTENT if options["repeatable"] is None else options["repeatable"]
    request = Request(method, place.path, place.query, _document(options["body"]), repeatable=repeatable)
    return _with_content(request, options, headers_of(options["headers"]))


def _document(body: t.Any) -> t.Any:
    """What is sent as JSON; a template may have made text of it."""
    try:
        document = json.loads(body) if isinstance(body, str) else body
        json.dumps(document, allow_nan=False)
    except ValueError:
        raise ConfigurationError(
            "The option body is no JSON, or holds a number that JSON has not; text is sent with the option text."
        ) from None
    return document


def _with_content(request: Request, options: Options, headers: dict[str, str]) -> Request:
    content, kind = None, ""
    if options["text"] is not None:
        content, kind = text_content(options["text"]), "text/plain; charset=utf-8"
    elif options["src"] is not None:
        content, kind = file_content(options["src"]), BINARY
    elif options["form"] is not None:
        content, kind = form_content(options["form"])
    named = kind and not any(name.lower() == "content-type" for name in headers)
    own = {"Content-Type": kind} if named else {}
    return replace(request, content=content, headers={**headers, **own})


def _expected(options: Options) -> t.Container[int]:
    return options["status_code"] or SUCCESSES


def _sent(client: ApiClient, request: Request, known: Recognition | None, options: Options) -> Result:
    try:
        answer = send(client, request, _expected(options), bool(options["status_code"]))
    except QlikError as error:
        if request.repeatable or not leaves_open(error):
            raise
        with contextlib.suppress(QlikError):  # an outage may last
            if known and (found := known.look(client)):
                return {**found, "changed": True, "found": True}
        raise UnknownOutcomeError(f"{error} {LOOK}", error) from None
    was_absent = request.method == "DELETE" and answer.response.status in ABSENT
    return {"changed": request.method != "GET" and not was_absent, **answer.facts(), "found": False}


def _is_confidential(options: Options) -> bool:
    """Also when what is looked at is, since it is returned when it is there."""
    looked_at = (options["unless"] or {}).get("path") or options["path"]
    shows = bool(options["unless"]) and answers_secrets("GET", looked_at)
    return shows or answers_secrets(options["method"], options["path"])


REST = Operation(
    name="qlikops.cloud.rest",
    arguments={
        **CALL_ARGUMENTS,
        "method": {"type": "str", "choices": list(METHODS), "required": True},
        "body": {"type": "raw"},
        "text": {"type": "str"},
        "src": {"type": "path"},
        "form": {"type": "dict"},
        "dest": {"type": "path"},
        "unless": {
            "type": "dict",
            "options": {
                "path": {"type": "str"},
                "query": {"type": "dict", "default": {}},
                "where": {"type": "dict", "default": {}},
            },
        },
        "repeatable": {"type": "bool"},
        **CONNECTION_ARGUMENTS,
    },
    rules={"mutually_exclusive": [CONTENTS]},
    work=work,
    left_out={"host": "the tenant that the task runs for", "dest": "no file", "src": "no file"},
    is_confidential=_is_confidential,
    acts_on_tenant=True,
    paths=("src", "dest"),
)
