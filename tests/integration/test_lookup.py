# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup oauth_token as playbooks use it."""

from __future__ import annotations

import yaml

from simulator import Simulator

from .conftest import User, told

COUNT = """
- hosts: localhost
  gather_facts: false
  vars: {{token: "{{{{ lookup('qlikops.cloud.oauth_token'{options}) }}}}"}}
  tasks:
    - ansible.builtin.assert:
        that: (tokens | split | length, tokens | split | unique | length) == (1000, 1)
      vars:
        tokens: "{{% for number in range(1000) %}}{{{{ token }}}} {{% endfor %}}"
"""
TENANTS = """
- hosts: qlik_status_active
  gather_facts: false
  tasks:
    - ansible.builtin.assert:
        that: lookup('qlikops.cloud.oauth_token', qlik_hostname, credentials_file='credentials.yml') | length > 40
"""
URI = """
- hosts: qlik_status_active
  gather_facts: false
  vars: {book: credentials.yml}
  tasks:
    - ansible.builtin.uri:
        url: "{{ qlik_url }}/api/v1/users/me"
        headers:
          Authorization: Bearer {{ lookup('qlikops.cloud.oauth_token', qlik_hostname, credentials_file=book) }}
        ca_path: "{{ lookup('ansible.builtin.env', 'QLIK_CA_PATH') }}"
      no_log: true
      register: answer
    - ansible.builtin.assert:
        that: (answer.json.tenantId, answer.json.roles) == (qlik_id, ['TenantAdmin'])
"""


def test_a_thousand_uses_cost_one_request(member: User, simulator: Simulator) -> None:
    done = member.run("ansible-playbook", member.file("play.yml", COUNT.format(options="")))
    assert done.returncode == 0, done.stdout + done.stderr
    assert simulator.record.count("POST", "/oauth/token") == 1


def test_each_tenant_is_opened_by_its_region(member: User, simulator: Simulator) -> None:
    member.file("credentials.yml", yaml.safe_dump(simulator.credentials))
    done = member.run("ansible-playbook", "-i", member.source, member.file("play.yml", TENANTS))
    assert done.returncode == 0, done.stdout + done.stderr
    active = [tenant for tenant in simulator.state.tenants if tenant.status == "active"]
    assert simulator.record.count("POST", "/oauth/token") == 1 + len(active)


def test_uri_is_opened_and_shows_no_token(member: User, simulator: Simulator) -> None:
    member.file("credentials.yml", yaml.safe_dump(simulator.credentials))
    done = member.run("ansible-playbook", "-i", member.source, member.file("play.yml", URI), "-vvv")
    assert done.returncode == 0, done.stdout + done.stderr
    assert simulator.record.find("GET", "/api/v1/users/*", status=200)
    assert not [token for token in simulator.state.tokens if token in done.stdout + done.stderr]


def test_a_failure_fails_the_task(member: User) -> None:
    done = member.run("ansible-playbook", member.file("play.yml", COUNT.format(options=", client_id='none'")))
    assert done.returncode == 2
    assert "Getting a token on console.qlikcloud.com failed with 401" in told(done) + " ".join(done.stdout.split())
