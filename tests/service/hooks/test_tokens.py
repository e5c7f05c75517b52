"""Who may call, and who may not: signed tokens against pinned keys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from django.utils import timezone

from preceptor.service.hooks.clients import BadSettings, hooks, parsed
from preceptor.service.hooks.models import SpentToken
from service.hooks.calling import (
    ANOTHER_KEY,
    BASE,
    ISSUER,
    JKU,
    KEY,
    KID,
    P256_KEY,
    RSA_KEY,
    VIEW,
    a_client,
    a_token,
    bearer,
    claims,
    jwk_of,
    told,
)

pytestmark = pytest.mark.django_db


def discover(client, token):
    return client.get(BASE, headers={"Authorization": f"Bearer {token}"})


def test_a_signed_token_opens_discovery(client):
    answer = discover(client, a_token(BASE))
    assert answer.status_code == 200
    assert {service["hook"] for service in answer.json()["services"]} == {"patient-view", "order-select"}


def test_without_a_token_nothing_opens(client, post):
    for answer in (
        client.get(BASE),
        client.get(BASE, headers={"Authorization": "Basic x"}),
        post(VIEW, {}, headers={}),
    ):
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        ({"key": ANOTHER_KEY}, "signature"),
        ({"exp_in": -3600, "iat_in": -3900}, "expired"),
        ({"iat_in": 600, "exp_in": 900}, "future"),
        ({"exp_in": 86_400}, "longer"),
        ({"exp_in": -10, "iat_in": -5}, "longer"),
        ({"exp": "soon"}, "valid"),
        ({"exp": 1e400}, "valid"),
        ({"iat": None}, "no iat"),
        ({"jti": None}, "no jti"),
        ({"jti": 5}, "jti|claims"),
        ({"jti": "x" * 300}, "jti"),
        ({"aud": None}, "no aud"),
        ({"aud": "http://testserver/cds-services/preceptor-patient-view"}, "aud"),
        ({"aud": "https://elsewhere.example/cds-services"}, "aud"),
        ({"aud": {"a": 1}}, "valid|aud"),
        ({"iss": "https://stranger.example"}, "issuer"),
        ({"kid": "another"}, "kid"),
        ({"kid": None}, "kid"),
        ({"key": P256_KEY, "algorithm": "ES256"}, "ES384"),
        ({"key": RSA_KEY, "algorithm": "RS384"}, "ES384"),
        ({"key": "a shared secret, which the standard forbids to use here", "algorithm": "HS384"}, "ES384"),
        ({"key": None, "algorithm": "none"}, "ES384"),
    ],
)
def test_a_token_that_proves_nothing_is_refused(client, parts, why):
    answer = discover(client, a_token(BASE, **parts))
    assert answer.status_code == 401
    assert any(each in answer.json()["detail"] for each in why.split("|")), answer.json()
    assert not SpentToken.objects.exists()


def test_a_public_key_is_no_shared_secret(client):
    """The old trick: HMAC with the public key's own text."""
    pem = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    header = base64.urlsafe_b64encode(json.dumps({"alg": "HS384", "kid": KID}).encode()).rstrip(b"=")
    payload = base64.urlsafe_b64encode(json.dumps(claims(BASE)).encode()).rstrip(b"=")
    mac = base64.urlsafe_b64encode(hmac.digest(pem, header + b"." + payload, hashlib.sha384)).rstrip(b"=")
    assert discover(client, b".".join((header, payload, mac)).decode()).status_code == 401


def test_a_token_serves_once(client):
    token = a_token(BASE)
    assert [discover(client, token).status_code for _ in range(3)] == [200, 401, 401]
    assert "used before" in discover(client, token).json()["detail"]


def test_one_jti_of_two_clients_is_two_tokens(client, configured):
    second = a_client(issuer="https://second.example", jwks={"keys": [jwk_of(ANOTHER_KEY)]})
    configured.CDS_HOOKS = told(clients=[a_client(), second])
    assert discover(client, a_token(BASE, jti="one")).status_code == 200
    answer = discover(client, a_token(BASE, key=ANOTHER_KEY, iss="https://second.example", jti="one"))
    assert answer.status_code == 200
    forged = a_token(BASE, key=ANOTHER_KEY, iss=ISSUER)
    assert discover(client, forged).status_code == 401, "a client cannot speak for another"


def test_spent_tokens_are_forgotten_once_they_could_not_serve_anyway(client):
    SpentToken.objects.create(digest="0" * 64, expires=timezone.now() - timedelta(seconds=1))
    discover(client, a_token(BASE))
    (left,) = SpentToken.objects.all()
    assert left.expires > timezone.now() + timedelta(seconds=300)


@pytest.mark.parametrize(("key", "algorithm"), [(P256_KEY, "ES256"), (RSA_KEY, "RS384")])
def test_other_sound_algorithms_are_taken_where_the_key_is_for_them(client, configured, key, algorithm):
    configured.CDS_HOOKS = told(clients=[a_client(jwks={"keys": [jwk_of(key)]})])
    assert discover(client, a_token(BASE, key=key, algorithm=algorithm)).status_code == 200


def test_the_audience_may_be_one_of_a_list(client):
    assert discover(client, a_token(["https://other.example", BASE])).status_code == 200


def test_another_jku_than_the_one_agreed_is_refused(client, configured):
    configured.CDS_HOOKS = told(clients=[a_client(jku="https://elsewhere.example/keys")])
    assert discover(client, a_token(BASE)).status_code == 401
    configured.CDS_HOOKS = told(clients=[a_client(jku=JKU)])
    assert discover(client, a_token(BASE)).status_code == 200


@pytest.mark.parametrize("token", ["x", "a.b.c", "e30.e30.", "ey" * 9000, jwt.encode({}, "k" * 64, "HS512"), "é.é.é"])
def test_what_is_no_token_is_refused(client, token):
    assert discover(client, token).status_code == 401


# Origins --------------------------------------------------------------------------------------------------------------


def test_a_page_of_a_configured_origin_may_ask(client, post):
    for url, method in ((BASE, "GET"), (f"{BASE}/{VIEW}", "POST"), (f"{BASE}/{VIEW}/feedback", "POST")):
        asking = {"Origin": ISSUER, "Access-Control-Request-Method": method}
        answer = client.options(url, headers=asking | {"Access-Control-Request-Headers": "authorization,content-type"})
        assert answer.status_code == 204
        assert answer.headers["Access-Control-Allow-Origin"] == ISSUER
        assert method in answer.headers["Access-Control-Allow-Methods"]
        assert answer.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
        assert "Origin" in answer.headers["Vary"]
    answer = client.get(BASE, headers={"Origin": ISSUER} | bearer(BASE))
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, ISSUER)
    refused = post(VIEW, "x", headers={"Origin": ISSUER})
    assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, ISSUER)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://sandbox.cds-hooks.org.evil.example", ""])
def test_a_page_of_another_origin_may_not(client, origin):
    for answer in (client.options(BASE, headers={"Origin": origin}), client.get(BASE, headers={"Origin": origin})):
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers


# Settings -------------------------------------------------------------------------------------------------------------


def test_without_clients_the_services_are_off(client, configured):
    configured.CDS_HOOKS = {}
    answer = client.get(BASE, headers=bearer(BASE))
    assert answer.status_code == 503
    assert "no client is configured" in answer.json()["detail"]


def test_unsigned_calls_are_for_development_alone(client, configured):
    configured.CDS_HOOKS = told(unauthenticated=True)
    refused = client.get(BASE)
    assert refused.status_code == client.get(BASE, headers=bearer(BASE)).status_code == 503
    assert "development" in refused.json()["detail"]
    configured.DEBUG = True
    assert client.get(BASE).status_code == 200


def test_the_file_is_read_again_when_it_changes(client, configured, tmp_path):
    path = tmp_path / "hooks.json"
    configured.CDS_HOOKS = path
    assert client.get(BASE).status_code == 503
    path.write_text(json.dumps(told()))
    assert client.get(BASE, headers=bearer(BASE)).status_code == 200
    path.write_text("{")
    answer = client.get(BASE, headers=bearer(BASE))
    assert (answer.status_code, answer.json()["detail"]) == (
        503, "CDS Hooks is off here: its settings have a fault. See the log.",
    )  # fmt: skip
    with pytest.raises(BadSettings, match="cannot be read as JSON"):
        hooks()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ([], "not a JSON object"),
        ({"client": []}, "client, which is not known"),
        (told(clients={}), "clients is not a list"),
        (told(clients=[a_client(issuer="")]), "needs an issuer"),
        (told(clients=[a_client(issuer="x" * 151)]), "at most 150 characters"),
        (told(clients=[a_client(issuer="a b")]), "no space"),
        (told(clients=[a_client(), a_client()]), "same issuer"),
        (told(clients=[a_client(jwks={"keys": []})]), "has no key"),
        (told(clients=[a_client(jwks={"keys": [{"kty": "oct", "k": "eA", "kid": "k"}]})]), "not a public EC or RSA"),
        (told(clients=[a_client(jwks={"keys": [jwk_of(KEY) | {"d": "x"}]})]), "not a public EC or RSA"),
        (told(clients=[a_client(jwks={"keys": [jwk_of(KEY) | {"alg": "ES256"}]})]), "not for ES384"),
        (told(clients=[a_client(jwks={"keys": [jwk_of(KEY) | {"x": "AA"}]})]), "cannot be read"),
        (told(clients=[a_client(jwks={"keys": [jwk_of(KEY) | {"kid": 5}]})]), "has no kid"),
        (told(origins=["*"]), "an origin is written like"),
        (told(origins=["https://sandbox.cds-hooks.org/"]), "an origin is written like"),
        (told(cards=0), "cards is not a number from 1 to 20"),
        (told(cards=True), "cards is not a number from 1 to 20"),
    ],
)
def test_a_fault_in_the_settings_is_said_in_one_line(wrong, why):
    with pytest.raises(BadSettings, match=why):
        parsed(wrong)
