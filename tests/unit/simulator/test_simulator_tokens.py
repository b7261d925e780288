# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tokens."""

from __future__ import annotations

import base64
import json
import uuid

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from simulator.timestamps import read_timestamp

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
AUDIENCE = "https://console.qlikcloud.com/oauth/token"


def encode(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def number(value):
    return encode(value.to_bytes((value.bit_length() + 7) // 8, "big"))


@pytest.fixture(scope="module")
def rsa_key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def ec_key():
    return ec.generate_private_key(ec.SECP384R1())


def rsa_jwk(key, alg="RS256", kid="k1"):
    public = key.public_key().public_numbers()
    return {"kty": "RSA", "alg": alg, "use": "sig", "kid": kid, "n": number(public.n), "e": number(public.e)}


def ec_jwk(key):
    public = key.public_key().public_numbers()
    x, y = (encode(value.to_bytes(48, "big")) for value in (public.x, public.y))
    return {"kty": "EC", "alg": "ES384", "use": "sig", "kid": "k1", "crv": "P-384", "x": x, "y": y}


def sign(key, alg, signed):
    if alg == "ES384":
        r, s = utils.decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA384())))
        return r.to_bytes(48, "big") + s.to_bytes(48, "big")
    return key.sign(signed, padding.PKCS1v15(), hashes.SHA512() if alg == "RS512" else hashes.SHA256())


def assertion(key, client_id, now, alg="RS256", kid="k1", life=300, **claims):
    header = {"alg": alg, "typ": "JWT"} | ({"kid": kid} if kid else {})
    body = {
        "iss": client_id,
        "sub": client_id,
        "aud": AUDIENCE,
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + life,
    }
    signed = ".".join(encode(json.dumps(part).encode()) for part in (header, body | claims))
    return f"{signed}.{encode(sign(key, alg, signed.encode()))}"


@pytest.fixture
def key_call(open_simulator, clock, rsa_key):
    """A caller whose organization client has an RSA key."""
    call = open_simulator(clock=clock)
    call.sim.add_public_key(call.sim.client_id, rsa_jwk(rsa_key))
    return call


def grant_with(call, text, **fields):
    return call.grant(client_assertion=text, client_assertion_type=ASSERTION_TYPE, **fields)


def test_a_secret_earns_a_token(open_simulator, clock):
    answer = open_simulator(clock=clock).grant()
    body = answer.json()
    assert answer.status_code == 200
    assert (body["token_type"], body["expires_in"], body["scope"]) == ("Bearer", 21600, "cloud-console.tenants:read")
    assert read_timestamp(body["expires_at"]) == clock.now + 21600


def test_a_form_body_earns_a_token(call):
    form = {
        "grant_type": "client_credentials",
        "client_id": call.sim.client_id,
        "client_secret": call.sim.client_secret,
    }
    assert call("POST", "/oauth/token", data=form).status_code == 200


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"client_secret": "wrong"}, 401),
        ({"client_secret": "wr\u00f6ng"}, 401),
        ({"client_id": "nobody", "client_secret": "x"}, 401),
        ({"client_id": None, "client_secret": "x"}, 400),
        ({"client_secret": None}, 400),
        ({"grant_type": None}, 400),
        ({"grant_type": "urn:qlik:oauth:user-impersonation"}, 400),
        ({"scope": "cloud-console.tenants:write"}, 400),
        ({"scope": "cloud-console.tenants:read"}, 200),
    ],
)
def test_what_a_grant_needs(call, fields, status):
    answer = call.grant(**fields)
    assert answer.status_code == status
    if status != 200:
        assert set(answer.json()) == {"errors"}
        assert {"code", "title", "status"} <= set(answer.json()["errors"][0])


@pytest.mark.parametrize("body", ["{", "[]", '"x"', '{"grant_type": 1}', ""])
def test_a_malformed_grant(call, body):
    answer = call("POST", "/oauth/token", data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


def test_a_removed_secret_earns_nothing_but_its_tokens_live_on(call):
    sim = call.sim
    old, new = sim.state.clients[sim.client_id].secrets[0], sim.add_secret(sim.client_id)
    sim.remove_secret(sim.client_id, old.hint)
    assert call.grant(client_secret=old.value).status_code == 401
    assert call.grant(client_secret=new.value).status_code == 200
    assert call("GET", "/api/core/tenants").status_code == 200


def test_a_token_ends(open_simulator, clock):
    call = open_simulator(clock=clock).log_in()
    clock.now += 21599
    assert call("GET", "/api/core/tenants").status_code == 200
    clock.now += 2
    assert call("GET", "/api/core/tenants").status_code == 401


def test_all_tokens_can_be_expired(call):
    call.sim.expire_tokens()
    assert call("GET", "/api/core/tenants").status_code == 401


def test_a_disabled_client_earns_nothing(call):
    call.sim.state.clients[call.sim.client_id].disable_tag = "unpaid"
    assert call.grant().status_code == 401


def test_secrets_differ_at_every_start_and_ids_do_not(open_simulator):
    first, second = open_simulator(seed=3).sim, open_simulator(seed=3).sim
    assert first.client_id == second.client_id
    assert first.client_secret != second.client_secret


@pytest.mark.parametrize("alg", ["RS256", "RS512"])
def test_rsa_assertions(open_simulator, clock, rsa_key, alg):
    call = open_simulator(clock=clock)
    call.sim.add_public_key(call.sim.client_id, rsa_jwk(rsa_key, alg))
    assert grant_with(call, assertion(rsa_key, call.sim.client_id, clock.now, alg)).status_code == 200


def test_ec_assertions(open_simulator, clock, ec_key):
    call = open_simulator(clock=clock)
    call.sim.add_public_key(call.sim.client_id, ec_jwk(ec_key))
    text = assertion(ec_key, call.sim.client_id, clock.now, "ES384")
    assert grant_with(call, text).status_code == 200
    head, body, _unused = text.split(".")
    assert grant_with(call, f"{head}.{body}.{encode(bytes(96))}").status_code == 401


@pytest.mark.parametrize(
    "wrong",
    [
        {"aud": AUDIENCE + "/"},
        {"iss": "other"},
        {"sub": "other"},
        {"jti": ""},
        {"kid": "unknown"},
        {"iat": None},
        {"life": -1},
        {"alg": "RS512"},
    ],
)
def test_a_wrong_assertion(key_call, clock, rsa_key, wrong):
    text = assertion(rsa_key, key_call.sim.client_id, clock.now, **wrong)
    assert grant_with(key_call, text).status_code == 401


@pytest.mark.parametrize("text", ["x", "a.b.c", "e30.e30.e30"])
def test_no_assertion_at_all(key_call, text):
    assert grant_with(key_call, text).status_code == 401


def test_an_assertion_is_good_once(key_call, clock, rsa_key):
    text = assertion(rsa_key, key_call.sim.client_id, clock.now)
    assert grant_with(key_call, text).status_code == 200
    assert grant_with(key_call, text).status_code == 401


def test_an_assertion_of_a_foreign_key(key_call, clock):
    foreign = rsa.generate_private_key(65537, 2048)
    assert grant_with(key_call, assertion(foreign, key_call.sim.client_id, clock.now)).status_code == 401


def test_an_assertion_needs_its_type(key_call, clock, rsa_key):
    answer = key_call.grant(client_assertion=assertion(rsa_key, key_call.sim.client_id, clock.now))
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "unsupported_client_assertion_type"


def test_an_assertion_of_a_client_without_that_method(open_simulator, clock, rsa_key):
    call = open_simulator(clock=clock)
    answer = grant_with(call, assertion(rsa_key, call.sim.client_id, clock.now))
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (401, "unauthorized_client")


def test_a_weak_key_is_not_registered(call):
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 - weak on purpose
    with pytest.raises(ValueError, match="unusable key"):
        call.sim.add_public_key(call.sim.client_id, rsa_jwk(weak))


@pytest.mark.parametrize("statement", ["A", "B"])
def test_c14_kid_and_life(key_call, clock, rsa_key, statement):
    key_call.sim.readings["C14"] = statement
    expected = 401 if statement == "A" else 200
    without_kid = assertion(rsa_key, key_call.sim.client_id, clock.now, kid=None)
    assert grant_with(key_call, without_kid).status_code == expected
    long_life = assertion(rsa_key, key_call.sim.client_id, clock.now, life=600)
    assert grant_with(key_call, long_life).status_code == expected


@pytest.mark.parametrize(("statement", "alone", "both"), [("A", 400, 200), ("B", 200, 400)])
def test_c15_a_secret_beside_an_assertion(key_call, clock, rsa_key, statement, alone, both):
    key_call.sim.readings["C15"] = statement
    client_id, secret = key_call.sim.client_id, key_call.sim.client_secret
    assert grant_with(key_call, assertion(rsa_key, client_id, clock.now)).status_code == alone
    together = grant_with(key_call, assertion(rsa_key, client_id, clock.now), client_secret=secret)
    assert together.status_code == both


@pytest.mark.parametrize(("statement", "with_region", "without"), [("A", 401, 200), ("B", 200, 401)])
def test_c16_audience_of_a_tenant(open_simulator, clock, rsa_key, statement, with_region, without):
    call = open_simulator(clock=clock, readings={"C16": statement})
    tenant = call.sim.state.tenants[0]
    host = tenant.hostnames[0]
    client = call.sim.add_client("Tenant automation", tenant)
    call.sim.add_public_key(client.client_id, rsa_jwk(rsa_key))
    for audience, expected in ((host, with_region), (host.replace(".us.", "."), without)):
        text = assertion(rsa_key, client.client_id, clock.now, aud=f"https://{audience}/oauth/token")
        fields = {"client_id": client.client_id, "client_assertion": text, "client_assertion_type": ASSERTION_TYPE}
        assert call.grant(host, **fields).status_code == expected


@pytest.mark.parametrize(("statement", "console", "tenant"), [("AB", "Bearer", "bearer"), ("B", "bearer", "bearer")])
def test_c1_token_type(open_simulator, statement, console, tenant):
    call = open_simulator(readings={"C1": statement})
    host = call.sim.state.tenants[0].hostnames[0]
    assert call.grant().json()["token_type"] == console
    client = call.sim.region_client("us")
    assert call.grant(host, client_id=client.client_id).json()["token_type"] == tenant


def test_c1_a(open_simulator):
    call = open_simulator(readings={"C1": "A"})
    client = call.sim.region_client("us")
    answer = call.grant(call.sim.state.tenants[0].hostnames[0], client_id=client.client_id)
    assert answer.json()["token_type"] == "Bearer"


def test_c2_b(open_simulator, clock):
    call = open_simulator(readings={"C2": "B"}, clock=clock).log_in()
    body = call.grant().json()
    assert "expires_in" not in body
    assert read_timestamp(body["expires_at"]) == clock.now + 3600
    clock.now += 3601
    assert call("GET", "/api/core/tenants").status_code == 401
