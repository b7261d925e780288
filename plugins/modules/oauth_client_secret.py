# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Module: add and remove secrets of an OAuth client."""

from __future__ import annotations

DOCUMENTATION = r"""
module: oauth_client_secret
short_description: Add, remove and rotate secrets of an OAuth client of a Qlik Cloud organization or tenant
version_added: 0.9.0
author:
  - qlikops.cloud contributors (@qlikops)
description:
  - An OAuth client has up to five secrets at once, all of them good, so that a new one can be in use before an old one
    goes. A secret is shown once, when it is made, and later known by its hint alone.
  - When the answer to an addition is lost, the task fails with RV(error.kind=unknown_outcome) and does not try again.
options:
  host:
    description:
      - A host name of the tenant whose OAuth clients are meant, such as V(north.eu.qlikcloud.com).
      - When omitted, the Cloud Console, so those of the organization. Mind that it is not the tenant that the task runs
        for; to mean that one, give C({{ qlik_hostname }}).
      - The clients of regions are found on no host; they are managed in My Qlik alone.
      - The first token that a client asks for on a tenant creates a bot user with administrator's rights there.
    type: str
  subscription_id:
    description:
      - The subscription, or the licence number, of O(host), by which its credential is found. When omitted, that of the
        tenant where the inventory knows it.
    type: str
  client:
    description:
      - The id of the OAuth client whose secrets are meant. When omitted, the one that authenticates the task.
    type: str
  state:
    description:
      - V(present) adds a secret, B(each time). When there are five already, the task fails and names their hints.
      - V(absent) removes the secret of the O(hint), or all but the newest, see O(keep).
      - V(rotated) gives the client of an entry in O(credentials_file) another secret, stores it there under C(next),
        asks for a token with it until it is accepted, and then makes it the secret of the entry. The one before stays
        good and is kept under C(previous). An entry that has one is left as it is.
      - V(retired) removes the secret under C(previous) once its date has passed, and the present one has proved itself.
      - V(rotated) and V(retired) may be cut short at any point and run again. They run where Ansible runs, and take the
        secret from the entry of O(host), which must be encrypted there.
    type: str
    choices: [present, absent, rotated, retired]
    default: present
  hint:
    description:
      - The hint of the secret to remove. When there is none of it, nothing is done. Two of one hint fail the task.
      - For O(state=absent), and mutually exclusive with O(keep), one of which is required there.
    type: str
  keep:
    description:
      - Remove all secrets but as many of the newest, at least 1. That of O(own_hint) stays as well.
      - For O(state=absent).
    type: int
  own_hint:
    description:
      - The hint of the secret that authenticates the task, which no hint can be told of, for when O(client) is the
        client that does so. It protects that secret from removal.
      - When omitted, and the client has several secrets, the task removes none of them, unless O(allow_own=true).
    type: str
  allow_own:
    description:
      - Remove a secret of the client that authenticates the task also when it is the one that does so, or may be it.
    type: bool
    default: false
  return_secret:
    description:
      - Return the secret that was added as RV(client_secret). The result is then hidden in all output, unless the task
        fails, and whole when registered.
      - When V(false), the secret is lost, since no secret can be read again.
      - A task that uses it should say C(no_log) itself.
      - Cannot be combined with C(async).
    type: bool
    default: false
  keep_days:
    description:
      - For how many days the old secret stays good after O(state=rotated), from 1 to 3650.
    type: int
    default: 7
  retire_now:
    description:
      - Remove the old secret in the same task with O(state=rotated). For a book that is on one machine only; whoever
        has a copy of it as it was is shut out.
      - A secret that is there still from an earlier rotation is removed in its place; the next task rotates again.
    type: bool
    default: false
  book_is_copy:
    description:
      - The O(credentials_file) is a copy for this run alone, and may be plain text, such as the file that an Automation
        Controller puts into a job. The book itself is kept elsewhere.
      - A rotation is then done step by step. Whenever the task has changed the copy, also when it fails, store the copy
        where the book is kept. While the status is V(unfinished), run the task again after that.
      - With it, O(keep_days) may be V(0), so that the next run removes the old secret, and O(retire_now) is refused.
    type: bool
    default: false
  prove_timeout:
    description:
      - For how many seconds to try a new secret until it is accepted, with O(state=rotated) and O(state=retired).
    type: int
    default: 60
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.tasks
  - qlikops.cloud.attributes
attributes:
  check_mode:
    support: full
    details:
      - A token is asked for to look at the client.
  diff_mode:
    support: full
    details:
      - Hints are shown, and no secret.
  idempotent:
    support: partial
    details:
      - O(state=present) adds a secret each time.
  action_group:
    support: full
  in_worker:
    support: full
notes:
  - The service does not document which permission this needs. On the console it must be an organization client, with
    more than the scope C(cloud-console.tenants:read); on a tenant, one whose bot user has the role C(TenantAdmin).
seealso:
  - module: qlikops.cloud.oauth_client
  - module: qlikops.cloud.oauth_client_info
  - name: OAuth clients of the organization
    description: The service's own documentation.
    link: https://qlik.dev/apis/org-rest/core/oauth-clients/
  - name: OAuth clients of a tenant
    description: The service's own documentation.
    link: https://qlik.dev/apis/rest/oauth-clients/
"""

EXAMPLES = r"""
# With QLIK_CLIENT_ID and QLIK_CLIENT_SECRET, or QLIK_CREDENTIALS_FILE, in the environment
- name: Add a secret to a client
  qlikops.cloud.oauth_client_secret:
    client: 0123456789abcdef0123456789abcdef
    return_secret: true
  register: added
  no_log: true
  delegate_to: localhost
  run_once: true

- name: Remove a secret
  qlikops.cloud.oauth_client_secret:
    client: 0123456789abcdef0123456789abcdef
    state: absent
    hint: a1b2c
  delegate_to: localhost
  run_once: true

- name: Remove all but the two newest
  qlikops.cloud.oauth_client_secret:
    client: 0123456789abcdef0123456789abcdef
    state: absent
    keep: 2
  delegate_to: localhost
  run_once: true

- name: Remove what else opens the client that this task uses
  qlikops.cloud.oauth_client_secret:
    state: absent
    keep: 1
    own_hint: a1b2c
  delegate_to: localhost
  run_once: true

# With a vault secret, such as by --vault-id
- name: Rotate the secret of the organization's client
  qlikops.cloud.oauth_client_secret:
    state: rotated
    credentials_file: qlik/credentials.yml
  delegate_to: localhost
  run_once: true
"""

RETURN = r"""
client:
  description: The id of the client.
  returned: success
  type: str
  sample: 0123456789abcdef0123456789abcdef
secrets:
  description:
    - What can be known of the secrets that the client has, or in check mode would have without the one that would be
      added.
  returned: success, with O(state=present) and O(state=absent)
  type: list
  elements: dict
  contains:
    hint:
      description: What the secret is known by.
      returned: always
      type: str
      sample: a1b2c
    created_at:
      description: When it was made.
      returned: always
      type: str
      sample: "2026-01-01T08:00:00.000Z"
    created_by:
      description: The id of the user or client who made it. V(null) for one that this task has made.
      returned: always
      type: str
      sample: 6502f1c9a7b84e3d90c1f2aa
hint:
  description: What the secret is known by that was added, or that the entry holds. V(null) in check mode.
  returned: success, unless O(state=absent)
  type: str
  sample: a1b2c
created_at:
  description: When the added secret was made. V(null) in check mode.
  returned: success, with O(state=present)
  type: str
  sample: "2026-01-01T08:00:00.000Z"
client_secret:
  description: The added secret.
  returned: success, with O(state=present) and O(return_secret=true), unless in check mode
  type: str
  sample: a-secret
removed:
  description: The hints of the secrets that were removed, or in check mode would be.
  returned: success, with O(state=absent)
  type: list
  elements: str
  sample: [a1b2c]
status:
  description:
    - V(rotated), V(retired), V(kept) where the secret before is there still, or V(nothing) where there is none.
    - V(unfinished) when O(book_is_copy=true) and there is another step.
  returned: success, with O(state=rotated) and O(state=retired)
  type: str
  sample: rotated
summary:
  description: What was done, in words.
  returned: success, with O(state=rotated) and O(state=retired)
  type: str
  sample: rotated; the secret now is a1b2c, and d4e5f stays good until retired, from 2026-11-27T10:00:00Z on
previous_hint:
  description: What the secret before is known by. V(null) when there is none.
  returned: success, with O(state=rotated) and O(state=retired)
  type: str
  sample: d4e5f
retire_after:
  description: When the secret before may be removed.
  returned: success, with O(state=rotated) and O(state=retired)
  type: str
  sample: "2026-11-27T10:00:00Z"
path:
  description: The file with the entry.
  returned: success, with O(state=rotated) and O(state=retired)
  type: str
  sample: /home/ops/qlik/credentials.yml
error:
  description: What a playbook can branch on when the task failed for a reason outside Ansible.
  returned: failure
  type: dict
  contains:
    kind:
      description:
        - One of V(configuration), V(missing_library), V(unreachable), V(unexpected_answer), V(authentication),
          V(permission), V(not_found), V(rate_limit), V(tenant_disabled), V(refused), V(unknown_outcome).
      returned: always
      type: str
      sample: not_found
    host:
      description: The host that refused the call.
      returned: when the service refused it
      type: str
      sample: console.qlikcloud.com
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
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._operations.oauth_client_secret import OAUTH_CLIENT_SECRET
from ansible_collections.qlikops.cloud.plugins.module_utils._ordinary_module import run_module


def main() -> None:
    run_module(OAUTH_CLIENT_SECRET)


if __name__ == "__main__":
    main()
