# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes over the wire is tested through Transport, in test__http."""

from __future__ import annotations

import types
import typing as t

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._exchange import proxy_for
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import HttpSettings


@pytest.mark.parametrize(
    ("url", "environment", "expected"),
    [
        pytest.param("https://h.example/", {}, None, id="none"),
        pytest.param("https://h.example/", {"HTTPS_PROXY": "http://p:1"}, "http://p:1", id="HTTPS_PROXY"),
        pytest.param("https://h.example/", {"https_proxy": "http://p:1"}, "http://p:1", id="https_proxy"),
        pytest.param("https://h.example/", {"HTTP_PROXY": "http://p:1"}, None, id="HTTP_PROXY is for http"),
        pytest.param("http://localhost/", {"HTTP_PROXY": "http://p:1"}, None, id="HTTP_PROXY"),
        pytest.param("https://h.example/", {"ALL_PROXY": "http://p:1"}, "http://p:1", id="ALL_PROXY"),
        pytest.param(
            "https://h.example/", {"ALL_PROXY": "http://p:1", "HTTPS_PROXY": "http://q:1"}, "http://q:1", id="both"
        ),
        pytest.param("https://h.example/", {"HTTPS_PROXY": "http://p:1", "https_proxy": ""}, None, id="emptied"),
        pytest.param("https://h.example/", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "h.example"}, None, id="NO_PROXY"),
        pytest.param("https://h.example/", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": ".example"}, None, id="domain"),
        pytest.param("https://h.example/", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"}, None, id="all"),
        pytest.param(
            "https://h.example/", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "x.example"}, "http://p:1", id="other"
        ),
        pytest.param("https://10.1.2.3/", {"HTTPS_PROXY": "http://p:1", "NO_PROXY": "10.0.0.0/8"}, None, id="network"),
    ],
)
def test_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, url: str, environment: dict[str, str], expected: str | None
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert proxy_for(url) == expected


def test_system_settings_are_never_asked_for_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """macOS may end a forked worker that asks for them."""
    for name in ("getproxies", "getproxies_macosx_sysconf", "proxy_bypass_macosx_sysconf"):
        monkeypatch.setattr(f"urllib.request.{name}", pytest.fail, raising=False)
    with monkeypatch.context() as without_proxies:
        without_proxies.setattr("requests.utils.proxy_bypass", pytest.fail)
        assert proxy_for("https://h.example/") is None
    monkeypatch.setenv("HTTPS_PROXY", "http://p:1")
    assert proxy_for("https://h.example/") == "http://p:1"


def test_missing_requests_is_told(without: t.Callable[..., types.ModuleType]) -> None:
    room = without("requests", room="_exchange")
    with pytest.raises(room.MissingLibraryError, match="pip install --upgrade requests"):
        room.Exchange("console.example", HttpSettings())
