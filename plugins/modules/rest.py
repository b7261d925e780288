# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Module: call any path of a tenant, the console or a register host."""

from __future__ import annotations

DOCUMENTATION = r"""
module: rest
short_description: Call any path of a Qlik Cloud tenant, the Cloud Console or a register host
version_added: 0.9.0
author:
  - qlikops.cloud contributors (@qlikops)
description:
  - Makes one call, with the token, renewals and waiting taken care of.
  - A call that creates something is sent once. When no answer came, the task fails with RV(error.kind=unknown_outcome),
    or looks with O(unless) whether the object is there.
  - Files are sent and kept without being read into memory.
options:
  method:
    description:
      - The method of the call.
    type: str
    choices: [DELETE, GET, PATCH, POST, PUT]
    required: true
  body:
    description:
      - What to send as JSON. Text must be JSON already.
      - Mutually exclusive with O(text), O(src), O(form).
    type: raw
  text:
    description:
      - Text to send as it is, as C(text/plain) unless O(headers) names another type.
    type: str
  src:
    description:
      - A file to send as it is, as C(application/octet-stream) unless O(headers) names another type.
      - A relative path is taken from the folder of the playbook. A task that is delegated to another machine reads it
        there.
    type: path
  form:
    description:
      - The fields of a form to send as C(multipart/form-data). A field is text, or a mapping with the C(path) of a
        file, and if need be its C(filename) and C(content_type).
      - A relative path is taken from the current folder.
    type: dict
  dest:
    description:
      - A file to keep the answer in, for O(method=GET). It is put in place in one step, readable by its owner alone,
        and only when its content differs. A link is replaced.
      - A relative path is taken from the folder of the playbook.
    type: path
  unless:
    description:
      - How to recognise that what the call would bring about is there already. If so, nothing is sent.
      - The same look decides when the answer to the call does not come.
    type: dict
    suboptions:
      path:
        description:
          - The path of a list or an object to read. An object that does not exist counts as not there.
          - When omitted, the list at the path of the call.
        type: str
      query:
        description:
          - Parameters of the query.
        type: dict
        default: {}
      where:
        description:
          - The values, by key, that the object has. A key within a key is written with a dot.
          - When omitted, any row of the list will do, or the object.
        type: dict
        default: {}
  repeatable:
    description:
      - Whether the call may be sent again when no answer came, since doing it twice is the same as doing it once.
      - When omitted, V(true) for C(GET), C(PUT) and C(DELETE).
      - A call that the service refused for its rate limit, or that never left this machine, is always repeated.
    type: bool
extends_documentation_fragment:
  - qlikops.cloud.call
  - qlikops.cloud.connection
  - qlikops.cloud.connection.tasks
  - qlikops.cloud.attributes
attributes:
  check_mode:
    support: partial
    details:
      - Reads what O(unless) says, and for O(method=GET) what O(path) says. The result holds the call that would be
        sent.
      - For what it reads, a token is asked for in check mode too, and the first one on a tenant creates the bot user.
  diff_mode:
    support: none
  idempotent:
    support: partial
    details:
      - With O(unless) a second run sends nothing. So does O(method=GET) with O(dest) change nothing.
  action_group:
    support: full
  in_worker:
    support: full
notes:
  - Of an answer with status 207 each row is judged. When one was refused, the task fails, and RV(error.rows) tells
    which.
  - C(DELETE) of something that is not there fails with RV(error.kind=not_found), unless O(status_code) holds 404; then
    nothing counts as changed.
  - What the service answers is not shown where it holds secrets, such as those of new OAuth clients; registered, it
    can be used. What a task sends is shown at C(-vvv), so say C(no_log) when O(body) holds a secret.
seealso:
  - module: qlikops.cloud.rest_info
  - name: REST APIs
    description: The service's own documentation.
    link: https://qlik.dev/apis/rest/
"""

EXAMPLES = r"""
# For hosts of the inventory plugin qlikops.cloud.tenants, with QLIK_CREDENTIALS_FILE in the environment
- name: Have a space, however often this runs
  qlikops.cloud.rest:
    method: POST
    path: /api/v1/spaces
    body:
      name: Finance
      type: shared
    unless:
      where:
        name: Finance
        type: shared
  register: space

- name: Describe it
  qlikops.cloud.rest:
    method: PATCH
    path: /api/v1/spaces/{{ space.json.id }}
    body:
      - op: replace
        path: /description
        value: Reports of the finance department
    unless:
      where:
        description: Reports of the finance department

- name: Send a file, each time this runs
  qlikops.cloud.rest:
    method: POST
    path: /api/v1/data-files
    form:
      File:
        path: "{{ playbook_dir }}/rates.csv"
      Json: '{"name": "rates.csv"}'

- name: Keep the picture of a tenant's theme
  qlikops.cloud.rest:
    method: GET
    path: /api/v1/brands/active/files/logo
    dest: "{{ playbook_dir }}/{{ inventory_hostname }}.png"

- name: Remove a space, if it is there
  qlikops.cloud.rest:
    method: DELETE
    path: /api/v1/spaces/65fd4d3b5d8f4e0001a2b3c4
    status_code: [204, 404]
"""

RETURN = r"""
json:
  description: The answer, or the object that O(unless) found.
  returned: when there is one in JSON
  type: raw
  sample:
    id: 65fd4d3b5d8f4e0001a2b3c4
    name: Finance
content:
  description: The answer as text.
  returned: when the answer is text and no JSON
  type: str
  sample: OK
found:
  description:
    - Whether O(unless) found the object. Together with C(changed), the answer to the call was lost, and the object is
      there since.
  returned: success, unless O(dest) is given or in check mode
  type: bool
  sample: false
would_send:
  description: The call that would be sent.
  returned: in check mode
  type: str
  sample: POST h1x2y3.eu.qlikcloud.com/api/v1/spaces
status:
  description: The HTTP status of the answer, or of the one that O(unless) looked at.
  returned: success, unless in check mode
  type: int
  sample: 201
host:
  description: The host that answered.
  returned: success, unless in check mode
  type: str
  sample: h1x2y3.eu.qlikcloud.com
location:
  description: Where the service says to look.
  returned: when the service sends the header C(Location)
  type: str
  sample: /api/v1/temp-contents/65fd4d3b5d8f4e0001a2b3c4
count:
  description: The number of rows when the answer is a bare list.
  returned: when RV(json) is a list
  type: int
  sample: 42
truncated:
  description: Whether the answer is a list with further pages, which P(qlikops.cloud.rest_info#module) reads.
  returned: when the call was sent
  type: bool
  sample: false
file:
  description: The file with the answer.
  returned: when O(dest) is given, and the status is no allowed refusal
  type: str
  sample: /srv/playbooks/logo.png
size:
  description: The bytes of that file.
  returned: with RV(file)
  type: int
  sample: 20480
checksum:
  description: Its SHA-256 in hexadecimal digits.
  returned: with RV(file)
  type: str
  sample: 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
error:
  description: What a playbook can branch on when the task failed for a reason outside Ansible.
  returned: failure
  type: dict
  contains:
    kind:
      description:
        - One of V(configuration), V(missing_library), V(unreachable), V(unexpected_answer), V(incomplete_list),
          V(authentication), V(permission), V(not_found), V(rate_limit), V(tenant_disabled), V(refused),
          V(partly_refused), V(unknown_outcome).
      returned: always
      type: str
      sample: not_found
    host:
      description: The host that refused the call.
      returned: when the service refused it
      type: str
      sample: h1x2y3.eu.qlikcloud.com
    status:
      description: The HTTP status.
      returned: when the service refused the call
      type: int
      sample: 404
    code:
      description: The code of the error, empty where the service gives none.
      returned: when the service refused the call
      type: str
      sample: HTTP-404
    trace_id:
      description: What the service's support asks for, empty where the service gives none.
      returned: when the service refused the call
      type: str
      sample: 0af7651916cd43dd8448eb211c80319c
    rows:
      description: Which rows of the call were refused.
      returned: when RV(error.kind=partly_refused)
      type: list
      elements: dict
      contains:
        row:
          description: The number of the row, from 1.
          returned: always
          type: int
          sample: 2
        status:
          description: Its status.
          returned: always
          type: int
          sample: 400
        code:
          description: The code of its error.
          returned: always
          type: str
          sample: LICENSES-011
        title:
          description: The service's words.
          returned: always
          type: str
          sample: No allotment
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._operations.rest import REST
from ansible_collections.qlikops.cloud.plugins.module_utils._ordinary_module import run_module


def main() -> None:
    run_module(REST)


if __name__ == "__main__":
    main()
