# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Module: keep variables in a file under Ansible Vault."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vault_vars
short_description: Keep variables in a YAML file that is encrypted with Ansible Vault
version_added: 0.9.0
author:
  - qlikops.cloud contributors (@qlikops)
description:
  - Ensures keys in a YAML file of which the secret values, or the whole, are encrypted with a vault secret that the run
    has loaded, as given by C(--vault-id), C(--vault-password-file) or the settings of Ansible.
  - What is there is decrypted and compared. When all is as it should be, not one byte is written; else the lines of
    what differs are replaced, and every other line stays as it is, with its comments.
  - Plain text is in memory only. The file is written in one step and with mode 0600, and runs that change the same
    file wait for each other; they leave an empty file C(.NAME.lock) beside it.
  - With O(path) alone, it tells whether the file can be opened, for each vault id in it.
  - It runs where Ansible runs, so on other hosts than those of P(qlikops.cloud.tenants#inventory) the task needs
    C(delegate_to=localhost).
options:
  path:
    description:
      - The file. It is made when there is none; its folder must be there.
      - A relative path is taken from the folder of the playbook, or when there is no such file, but one below the
        current folder, from that.
      - Refused are a symbolic link, a file of another user, and a folder that everybody can write to.
    type: str
    required: true
  at:
    description:
      - The steps from the top of the file to the place that is meant. A text is the key of a mapping; a mapping means
        the entry of a list that has these keys and values, in any case of letters; V(null) or an empty text means that
        it has no such key. What lacks on the way is made.
      - When empty, the top of the file.
    type: list
    elements: raw
    default: []
  vars:
    description:
      - Keys at that place with their values, which stay readable, such as ids, hints and dates. A mapping or a list
        replaces what is there as a whole.
      - A key that is encrypted in the file is refused, so that no secret becomes readable.
    type: dict
    default: {}
  secrets:
    description:
      - Keys at that place with texts that are encrypted.
    type: dict
    default: {}
  remove:
    description:
      - Keys at that place that shall not be there.
    type: list
    elements: str
    default: []
  state:
    description:
      - With V(absent), what O(at) leads to is removed from the file.
    type: str
    choices: [present, absent]
    default: present
  encrypt:
    description:
      - V(values) encrypts the O(secrets) alone, V(file) the whole file.
      - When omitted, as the file is; a new one gets V(values), so that changes of it can be reviewed.
    type: str
    choices: [values, file]
  vault_id:
    description:
      - The vault id to encrypt under. One of its secrets must be loaded.
      - When omitted, that of what is replaced or of the other values in the file, else the one that the setting
        C(vault_encrypt_identity) of Ansible names, else the first that is loaded.
      - What is encrypted under another vault id is refused. To change it, use O(new_vault_id).
    type: str
  encrypt_plain:
    description:
      - Encrypt what stands in the file in plain text, for keys named in O(secrets), or with O(encrypt=file) for the
        file. Without it that is refused.
    type: bool
    default: false
  backup:
    description:
      - Keep the file as it was beside it before it is changed, encrypted as a whole.
    type: bool
    default: false
  new_vault_id:
    description:
      - Encrypt all that is encrypted in the file under this vault id, with the secret in O(new_vault_password_file), or
        when that is omitted with the one that is loaded under this id.
      - To go on after an interruption, run again with both secrets loaded; what is done already is left as it is.
    type: str
  new_vault_password_file:
    description:
      - Encrypt all that is encrypted in the file with the secret that this file holds, or prints when it can be
        executed. The vault ids stay as they are unless O(new_vault_id) is given.
      - Found as O(path) is.
    type: str
  credential_book:
    description:
      - The file is a credential book. Nothing is changed by which it could not be read as one.
    type: bool
    default: false
  wait_timeout:
    description:
      - For how many seconds to wait for another run that changes the file.
    type: int
    default: 60
extends_documentation_fragment:
  - qlikops.cloud.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
    details:
      - The names of keys are shown, never values.
  idempotent:
    support: full
  in_worker:
    support: partial
    details:
      - It always runs where Ansible runs.
seealso:
  - ref: ansible_collections.qlikops.cloud.docsite.secrets
    description: Credentials and tiers.
"""

EXAMPLES = r"""
# ansible-playbook --vault-id prod@prompt keep.yml
- name: Keep the client of a region
  hosts: localhost
  gather_facts: false
  vars_prompt:
    - name: secret
      prompt: The client secret from My Qlik
  tasks:
    - name: Put it into the book
      qlikops.cloud.vault_vars:
        path: qlik/credentials.yml
        at:
          - regions
          - region: eu
        vars:
          client_id: 0c1f2aa6502f1c9a7b84e3d9
        secrets:
          client_secret: "{{ secret }}"
      register: kept

    - name: Show what was changed
      ansible.builtin.debug:
        var: kept.changed_keys

    - name: Remove an entry
      qlikops.cloud.vault_vars:
        path: qlik/credentials.yml
        at:
          - tenants
          - hostname: north.eu.qlikcloud.com
        state: absent

    - name: Encrypt all with another password
      qlikops.cloud.vault_vars:
        path: qlik/credentials.yml
        new_vault_password_file: ~/.vault/new
"""

RETURN = r"""
changed_keys:
  description: What was changed, or would be, by name.
  returned: success
  type: list
  elements: str
  sample:
    - regions[eu].client_id
    - regions[eu].client_secret
variables:
  description: The keys at the top of the file.
  returned: success
  type: list
  elements: str
  sample: [organization, regions]
path:
  description: The file.
  returned: success
  type: str
  sample: /home/ops/qlik/credentials.yml
vault_ids:
  description: The vault ids that the file is encrypted under.
  returned: success
  type: list
  elements: str
  sample: [prod]
error:
  description: What a playbook can branch on when the task failed for a reason outside Ansible.
  returned: failure
  type: dict
  contains:
    kind:
      description: V(configuration).
      returned: always
      type: str
      sample: configuration
backup_file:
  description: The file as it was before.
  returned: when O(backup=true) and the file was changed
  type: str
  sample: /home/ops/qlik/credentials.yml.2026-11-20T10:00:00.123456Z~
"""

from ansible_collections.qlikops.cloud.plugins.module_utils._operations.vault_vars import VAULT_VARS
from ansible_collections.qlikops.cloud.plugins.module_utils._ordinary_module import run_module


def main() -> None:
    run_module(VAULT_VARS)


if __name__ == "__main__":
    main()
