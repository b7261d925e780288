# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the guides have invented, made real: names, ids and dots stand for things of a simulated organization."""

from __future__ import annotations

import re
import typing as t
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from pathlib import Path

import yaml
from ansible.parsing.vault import VaultLib, VaultSecret
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from controller import Controller
from simulator import Simulator
from simulator.models import Client

# Ids and names that the guides use, and that the organization of their readers has.
ORGANIZATION = "0123456789abcdef0123456789abcdef"
REGION = "123456789abcdef0123456789abcdef0"
REGION_US = "456789abcdef0123456789abcdef0123"
TENANT = "23456789abcdef0123456789abcdef01"
NIGHTLY = "3456789abcdef0123456789abcdef012"
OF_CONTEXT = "56789abcdef0123456789abcdef01234"
SUBSCRIPTIONS = ("1000000000000001", "1000000000000002")
HOSTS = {"eu": ("h1x2y3.eu.qlikcloud.com", "north.eu.qlikcloud.com"), "us": ("", "north.us.qlikcloud.com")}
# of a tenant that is deactivated, and of one of the region us
DEACTIVATED, AMERICAN = "D4nYvB0xkRzVq2mJc8eTgLh7Wp1sUaEi", "sXb3QmN5yCwKfU9oZr6dTjA1VhEiGl8P"
HINT, OLD_HINT = "b2c3d", "a1b2c"
CONTROLLER = "https://awx.example.com"
PASSWORD = "a password of the reader"


@dataclass(frozen=True)
class Beginning:
    """What the reader of a page begins with: a credential book, variables that name it, variables with the client."""

    book: str = "credentials.yml"
    named: bool = True
    client: bool = False


BEGINNINGS = {
    "controllers": Beginning(named=False, client=True),
    "events": Beginning(book="", named=False),
    "first_steps": Beginning(book="", named=False),
    "rotation": Beginning(book="qlik/credentials.yml"),
    "secrets": Beginning(book="", named=False),
}
# Books that any reader has besides.
OTHER_BOOKS = ("acme-credentials.yml", "research-credentials.yml")
PLAIN_BOOK = "old-credentials.yml"
REGENERATED = "what-my-qlik-has-shown"

# What is typed when an output ends with this; a secret is that of the client that the question names, if it names one.
ANSWERS = {
    r"can only be regenerated in My Qlik.*hidden\):$": "\r",
    r"The client secret of .*, client (\w+).*hidden\):$": "{secret}\r",
    r"Client secret: $": "{secret}\r",
    r"Reading plaintext input from stdin.*\n$": "{secret}\n\x04",
    r"[Vv]ault password.*: $": "{password}\r",
}

_VAULTED = re.compile(r"^(?:\$ANSIBLE_VAULT;1\.\d;AES256(?:;(?P<name>\S+))?\n)?\.\.\.$")


class Vaulted(str):
    """An encrypted value in a YAML file."""


class Loader(yaml.SafeLoader):
    """Takes values under Ansible Vault as they stand."""


class Dumper(yaml.SafeDumper):
    """Writes values under Ansible Vault as they are."""


Loader.add_constructor("!vault", lambda loader, node: Vaulted(node.value))
Dumper.add_representer(Vaulted, lambda dumper, value: dumper.represent_scalar("!vault", value, style="|"))


class World:
    """The organization of the readers."""

    def __init__(self, simulator: Simulator, controller: Controller) -> None:
        self.simulator, self.controller = simulator, controller
        self._name_subscriptions()
        self._name_tenants()
        self._name_clients()
        self._add_galaxy()

    def _add_galaxy(self) -> None:
        """The credential that AWX comes with."""
        kind = self.controller.named("credential_types", "Ansible Galaxy/Automation Hub API Token")["id"]
        inputs = {"url": "https://galaxy.ansible.com/"}
        self.controller.add("credentials", name="Ansible Galaxy", organization=1, credential_type=kind, inputs=inputs)

    def _name_subscriptions(self) -> None:
        """One subscription for each region."""
        state, of_region = self.simulator.state, dict(zip(HOSTS, SUBSCRIPTIONS, strict=True))
        state.subscriptions[:] = SUBSCRIPTIONS
        for tenant in state.tenants:
            tenant.subscription_id = of_region[tenant.region]
        for client in state.clients.values():
            client.subscription_id = of_region.get(client.region or "")

    def _name_tenants(self) -> None:
        for region, (generated, alias) in HOSTS.items():
            tenant = next(tenant for tenant in self.simulator.state.tenants if tenant.region == region)
            tenant.hostnames[:] = [generated or tenant.hostnames[0], alias]
        deactivated = next(tenant for tenant in self.simulator.state.tenants if tenant.status == "deactivated")
        american = next(tenant for tenant in self.simulator.state.tenants if tenant.region == "us")
        deactivated.id, american.id = DEACTIVATED, AMERICAN

    def _name_clients(self) -> None:
        state = self.simulator.state
        tenant = state.tenant_of_host(HOSTS["us"][1])
        organization = state.clients[self.simulator.client_id]
        self._rename(self.simulator.region_client("eu", SUBSCRIPTIONS[0]), REGION)
        self._rename(self.simulator.region_client("us", SUBSCRIPTIONS[1]), REGION_US)
        self._rename(self.simulator.add_client("Automation of one tenant", tenant), TENANT)
        european = state.tenant_of_host(HOSTS["eu"][1])
        self._rename(self.simulator.add_client("A client of a context", european), OF_CONTEXT)
        nightly = self.simulator.add_client("Nightly pipeline")
        nightly.secrets[0].hint = OLD_HINT
        self._rename(nightly, NIGHTLY)
        organization.secrets[0].hint = HINT
        self._rename(organization, ORGANIZATION)

    def _rename(self, client: Client, client_id: str) -> None:
        del self.simulator.state.clients[client.client_id]
        client.client_id = client_id
        # first, since the first of the organization's clients is the one that the simulator names
        self.simulator.state.clients = {client_id: client, **self.simulator.state.clients}

    @property
    def client(self) -> dict[str, str]:
        return {"QLIK_CLIENT_ID": ORGANIZATION, "QLIK_CLIENT_SECRET": self.secret(ORGANIZATION)}

    def secret(self, client_id: str) -> str:
        return self.simulator.state.clients[client_id].secret

    def secrets(self) -> list[str]:
        """All that no program may print."""
        state = self.simulator.state
        known = [secret.value for client in state.clients.values() for secret in client.secrets]
        return [*known, *state.tokens, *state.license_keys.values(), self.controller.token]

    def shell(self, text: str) -> str:
        """Commands with what the reader puts in the place of dots."""
        known = {**self.client, "CONTROLLER_OAUTH_TOKEN": self.controller.token}
        for name, value in known.items():
            text = text.replace(f"{name}=...", f"{name}={value}")
        return text.replace(CONTROLLER, self.controller.url)

    def typed(self, asked: str) -> str | None:
        """What the reader types when this is asked at the end of an output; None when nothing is asked."""
        for question, answer in ANSWERS.items():
            if found := re.search(question, asked, re.DOTALL):
                client = found[1] if found.groups() else ORGANIZATION
                return answer.format(secret=self.secret(client), password=PASSWORD)
        return None

    def book(self) -> str:
        """A credential book with entries of all tiers, each secret encrypted."""
        known = self.simulator.credentials
        tenant = {"hostname": HOSTS["us"][1], "client_id": TENANT, "client_secret": self.secret(TENANT)}
        entries = [known["organization"], *known["regions"], tenant]
        for entry in entries:
            entry["client_secret"] = encrypted(entry["client_secret"], PASSWORD)
        return written({**known, "tenants": [tenant]})

    def edited(self, script: str) -> str:
        """What the reader writes in an editor that these commands open."""
        known = self.simulator.credentials
        tiers = ("regions",) if "create regions.yml" in script else ("organization", "regions")
        return written({tier: known[tier] for tier in tiers})

    def contexts(self) -> str:
        """What qlik-cli keeps."""
        servers = {"automation": ("register.us.qlikcloud.com", REGION_US), "north": (HOSTS["eu"][1], OF_CONTEXT)}
        contexts: dict[str, dict[str, str]] = {
            name: {"server": f"https://{host}", "oauth-client-id": known, "oauth-client-secret": self.secret(known)}
            for name, (host, known) in servers.items()
        }
        jane = {"server": f"https://{HOSTS['eu'][1]}", "api-key": "an API key"}
        return written({"contexts": {**contexts, "jane": jane}, "current-context": "jane"})

    def plain_book(self) -> str:
        return written(self.simulator.credentials)

    def filled(self, text: str, home: Path) -> str:
        """YAML in which each encrypted value that is shown as dots is the secret of the client beside it."""
        if REGENERATED in text:
            text = text.replace(REGENERATED, self._regenerated())
        content = parsed(text)
        return written(content) if self._fill(content, home) else text

    def _regenerated(self) -> str:
        """Another secret of the region's client, after which the one before opens nothing."""
        client = self.simulator.state.clients[REGION]
        client.secrets.clear()
        return self.simulator.add_secret(REGION).value

    def _fill(self, content: t.Any, home: Path) -> int:
        """How many values it has filled in."""
        if isinstance(content, list):
            return sum(self._fill(item, home) for item in content)
        if not isinstance(content, dict):
            return 0
        filled = sum(self._fill(value, home) for value in content.values())
        for name, value in content.items():
            if isinstance(value, Vaulted) and (found := _VAULTED.match(value.strip())):
                content[name] = encrypted(self._value(name, content), _password(home), found["name"])
                filled += 1
        return filled

    def _value(self, name: str, entry: t.Mapping[str, t.Any]) -> str:
        return self._private_key(entry) if name == "private_key" else self.secret(entry["client_id"])

    def _private_key(self, entry: t.Mapping[str, t.Any]) -> str:
        """A key that the client proves itself with from now on."""
        key = rsa.generate_private_key(65537, 2048)
        numbers = key.public_key().public_numbers()
        public = {"n": _letters(numbers.n, 256), "e": _letters(numbers.e, 3)}
        about = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": entry["key_id"]}
        self.simulator.add_public_key(entry["client_id"], {**about, **public})
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        return key.private_bytes(*form).decode()


def _letters(number: int, size: int) -> str:
    return urlsafe_b64encode(number.to_bytes(size, "big")).decode().rstrip("=")


def _password(home: Path) -> str:
    """The reader's vault password, as the file has it that all pages name."""
    return (home / ".vault" / "prod").read_text(encoding="utf-8").strip()


def encrypted(text: str, password: str, name: str | None = None) -> Vaulted:
    vault = VaultLib([(name or "default", VaultSecret(password.encode()))])
    return Vaulted(vault.encrypt(text, vault_id=name).decode())


def parsed(text: str) -> t.Any:
    return yaml.load(text, Loader)  # noqa: S506 - made of the safe loader


def written(content: t.Any) -> str:
    return yaml.dump(content, Dumper=Dumper, sort_keys=False)
