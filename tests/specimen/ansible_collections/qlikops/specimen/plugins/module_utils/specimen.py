# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An operation that does nothing but show how it was called."""

from __future__ import annotations

import os
import sys

from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import CONNECTION_ARGUMENTS
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError, NotFoundError
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Operation, Result

SHOWN = ("text", "number", "flag", "items", "part", "secret")
FAILURES = {
    "configuration": ConfigurationError("The option text is wrong."),
    "not_found": NotFoundError("It is gone.", host="h.eu.qlikcloud.com", status=404, code="E-1", trace_id="f00"),
}


def work(invocation: Invocation) -> Result:
    """Warn, fail, change, as the options say."""
    options = invocation.options
    if options["warning"]:
        invocation.warn(options["warning"])
    if options["failure"]:
        raise FAILURES[options["failure"]]
    result: Result = {"changed": options["change"], "check_mode": invocation.check_mode}
    result["echo"] = {name: options[name] for name in SHOWN}
    result["in_words"] = f"the secret is {options['secret']}, the text {options['text']}"
    result["environment"] = os.environ.get("SPECIMEN")
    if invocation.diff:
        result["diff"] = {"before": "a\n", "after": f"{options['text']} {options['secret']}\n"}
    if options["tell_where"]:
        result["where"] = "worker" if "ansible.executor.task_executor" in sys.modules else "module"
    return result


OPERATION = Operation(
    name="qlikops.specimen.specimen",
    arguments={
        "text": {"type": "str", "default": "a text", "aliases": ["words"]},
        "number": {
            "type": "int",
            "aliases": ["old"],
            "deprecated_aliases": [{"name": "old", "version": "9.0.0", "collection_name": "qlikops.specimen"}],
        },
        "flag": {"type": "bool"},
        "items": {"type": "list", "elements": "str", "default": []},
        "part": {
            "type": "dict",
            "options": {
                "name": {"type": "str", "required": True},
                "password": {"type": "str", "no_log": True},
            },
        },
        "secret": {"type": "str", "no_log": True},
        "former": {"type": "str", "removed_in_version": "9.0.0", "removed_from_collection": "qlikops.specimen"},
        "failure": {"type": "str", "choices": list(FAILURES)},
        "warning": {"type": "str"},
        "change": {"type": "bool", "default": False},
        "tell_where": {"type": "bool", "default": False},
        "host": {"type": "str"},
        **CONNECTION_ARGUMENTS,
    },
    rules={"mutually_exclusive": [("number", "flag")], "required_if": [("change", True, ["text"])]},
    work=work,
    is_confidential=lambda options: options["text"] == "confidential",
)
