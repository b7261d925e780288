# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of module_utils share."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import socket
import ssl
import sys
import textwrap
import threading
import traceback
import types
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import responses
import trustme
from ansible.parsing import vault
from ansible.parsing.dataloader import DataLoader
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from pytest_httpserver import HTTPServer
from responses.registries import OrderedRegistry

if t.TYPE_CHECKING:
    from ansible_collections.qlikops.cloud.plugins.module_utils._encrypted import File
    from ansible_collections.qlikops.cloud.plugins.module_utils._http import Transport

HOUSE = "ansible_collections.qlikops.cloud.plugins.module_utils"
NETWORK = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle", "curl_ca_bundle", "netrc")


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No proxy, authority or home of the caller."""
    for name in [name for name in os.environ if name.lower() in NETWORK]:
        monkeypatch.delenv(name)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


@contextlib.contextmanager
def _discreet(kind: type[Exception], *secrets: str) -> t.Iterator[pytest.ExceptionInfo[t.Any]]:
    with pytest.raises(kind) as caught:
        yield caught
    error = caught.value
    shown = "\n".join((str(error), repr(error), *traceback.format_exception(error)))
    for line in (line for secret in secrets for line in secret.splitlines()):
        assert line not in shown


@pytest.fixture
def discreet() -> t.Callable[..., contextlib.AbstractContextManager[pytest.ExceptionInfo[t.Any]]]:
    """`with discreet(kind, *secrets) as caught`: raises kind; neither it nor its causes show a secret."""
    return _discreet


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> t.Callable[..., types.ModuleType]:
    """`without("requests", room="_http")`: a second copy of a room, loaded where a package is missing."""

    def load(*packages: str, room: str) -> types.ModuleType:
        for name in [*packages, *sys.modules]:
            if name.split(".")[0] in packages:
                monkeypatch.setitem(sys.modules, name, None)
        spec = importlib.util.find_spec(f"{HOUSE}.{room}")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def naps() -> list[float]:
    """The waits that transports of `reach` would have slept."""
    return []


@pytest.fixture
def reach(naps: list[float]) -> t.Callable[..., Transport]:
    """`reach(url, timeout=..., retries=...)`: a Transport that never sleeps; no retries unless asked for."""
    # pytest reads this file before the collection can be found
    from ansible_collections.qlikops.cloud.plugins.module_utils._http import Transport
    from ansible_collections.qlikops.cloud.plugins.module_utils._messages import HttpSettings

    def build(url: str, **settings: t.Any) -> Transport:
        return Transport(url, HttpSettings(**{"retries": 0, **settings}), sleep=naps.append, jitter=lambda: 0.0)

    return build


@pytest.fixture
def service() -> t.Iterator[responses.RequestsMock]:
    """Answers to requests in the order given; each must come, and no other."""
    with responses.RequestsMock(registry=OrderedRegistry, assert_all_requests_are_fired=True) as mock:
        yield mock


@pytest.fixture
def wire() -> t.Iterator[t.Callable[[t.Callable[[socket.socket], None]], str]]:
    """`wire(talk)`: a loopback server that hands each connection to talk; gives its http address."""
    with contextlib.ExitStack() as stack:

        def start(talk: t.Callable[[socket.socket], None]) -> str:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            threading.Thread(target=_serve, args=(listener, talk), daemon=True).start()
            stack.callback(_stop, listener)
            return f"http://127.0.0.1:{listener.getsockname()[1]}"

        yield start


def _serve(listener: socket.socket, talk: t.Callable[[socket.socket], None]) -> None:
    while True:
        try:
            connection, _address = listener.accept()
        except OSError:
            return
        with connection, contextlib.suppress(OSError):
            talk(connection)


def _stop(listener: socket.socket) -> None:
    with contextlib.suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def closed_port() -> int:
    """A loopback port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def authority_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("authority") / "ca.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


@pytest.fixture(scope="session")
def _tls_server(authority: trustme.CA) -> t.Iterator[HTTPServer]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with HTTPServer(host="localhost", ssl_context=context) as server:
        yield server


@pytest.fixture
def tls_server(_tls_server: HTTPServer) -> t.Iterator[HTTPServer]:
    """An https server on localhost with a certificate of authority."""
    _tls_server.clear()
    yield _tls_server
    _tls_server.clear()


def _pem(key: PrivateKeyTypes, password: bytes | None = None) -> str:
    encryption = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption).decode()


@pytest.fixture(scope="session")
def keys() -> dict[str, str]:
    """Private keys in PEM form."""
    elliptic = ec.generate_private_key(ec.SECP384R1())
    return {
        "RSA 2048": _pem(rsa.generate_private_key(65537, 2048)),
        "RSA 1024": _pem(rsa.generate_private_key(65537, 1024)),  # noqa: S505
        "P-384": _pem(elliptic),
        "P-256": _pem(ec.generate_private_key(ec.SECP256R1())),
        "Ed25519": _pem(ed25519.Ed25519PrivateKey.generate()),
        "encrypted": _pem(elliptic, b"a password"),
    }


@dataclass(frozen=True)
class VaultBook:
    """A credential book in a file, and the vault secrets that open it, by their ids."""

    path: Path
    passwords: dict[str, bytes] = field(default_factory=lambda: {"default": b"a-vault-password"})

    def closed(self, text: str, vault_id: str = "default", indent: int = 4) -> str:
        """A value in YAML, to stand behind a key that is indented less."""
        return "!vault |\n" + textwrap.indent(self.cipher(text, vault_id), " " * indent).rstrip("\n")

    def cipher(self, text: str, vault_id: str = "default") -> str:
        secret = vault.VaultSecret(self.passwords[vault_id])
        label = None if vault_id == "default" else vault_id
        return t.cast("bytes", vault.VaultLib().encrypt(text, secret, label)).decode()

    def write(self, text: str) -> None:
        self.path.write_text(text)

    @property
    def text(self) -> str:
        return self.path.read_text()

    def open(self, name: str | None = None, wait: float = 0.0) -> File:
        # pytest reads this file before the collection can be found
        from ansible_collections.qlikops.cloud.plugins.plugin_utils._vault import Vault
        from ansible_collections.qlikops.cloud.plugins.plugin_utils._vault_file import VaultFile

        loader = DataLoader()
        loader.set_vault_secrets([(label, vault.VaultSecret(word)) for label, word in self.passwords.items()])
        return VaultFile(name or str(self.path), Vault(loader, str), wait)

    def values(self) -> dict[str, t.Any]:
        """All that it holds, open."""
        from ansible_collections.qlikops.cloud.plugins.module_utils._encrypted import Wish

        document = self.open().read(Wish())
        return t.cast("dict[str, t.Any]", document.opened(document.values, "the book"))

    def labels(self) -> dict[str, str]:
        """The vault id of each value that is closed, by the keys that lead to it."""
        from ansible_collections.qlikops.cloud.plugins.module_utils._encrypted import Wish
        from ansible_collections.qlikops.cloud.plugins.plugin_utils._vault import is_closed, label_of

        def found(value: t.Any, name: str) -> t.Iterator[tuple[str, str]]:
            if isinstance(value, str) and is_closed(value):
                yield name, label_of(value)
            rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
            for key, part in rows:
                yield from found(part, f"{name}.{key}".lstrip("."))

        return dict(found(self.open().read(Wish()).values, ""))


@pytest.fixture
def vault_book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> VaultBook:
    """A book that is not there yet, in a folder of its own."""

    def derive(password: bytes, salt: bytes) -> tuple[bytes, bytes, bytes]:
        found = hashlib.sha512(password + salt).digest()
        return found[:32], found[32:], found[:16]

    # ten thousand rounds of a hash for each value would take most of the time
    monkeypatch.setattr(vault.VaultAES256, "_gen_key_initctr", staticmethod(derive))
    folder = tmp_path / "book"
    folder.mkdir()
    return VaultBook(folder / "credentials.yml")
