"""The signed token (JWT) that a client brings with each call, checked against its pinned keys."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import jwt
from django.db import IntegrityError, transaction
from django.utils import timezone

from preceptor.service.hooks.clients import Client, Hooks, Key
from preceptor.service.hooks.models import SpentToken
from preceptor.service.hooks.refusing import Refusal

CLOCKS_DIFFER = 30  # seconds
LONGEST_LIFE = 3600  # seconds from `iat` to `exp`: so long its `jti` has to be remembered
LONGEST_TOKEN = 8192
_MUST_HOLD = ["iss", "aud", "exp", "iat", "jti"]


def client_of(token: str, hooks: Hooks, audience: Sequence[str]) -> Client:
    """The client that signed this token for one of these addresses. Raises Refusal(401); a token serves once."""
    client, key = _who_says_so(token, hooks)
    try:
        claims = jwt.decode(
            token, key.key, algorithms=[key.algorithm], audience=audience, issuer=client.issuer, leeway=CLOCKS_DIFFER,
            options={"require": _MUST_HOLD},
        )  # fmt: skip
        life = claims["exp"] - claims["iat"]
    except jwt.ExpiredSignatureError:
        raise _refused("The token has expired.") from None
    except jwt.InvalidAudienceError:
        raise _refused("The token's aud is not the address that was called.") from None
    except jwt.ImmatureSignatureError:
        raise _refused("The token was issued in the future: the clocks differ.") from None
    except jwt.MissingRequiredClaimError as missing:
        raise _refused(f"The token has no {missing.claim}.") from None
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError):
        raise _refused("The token's signature or its claims are not valid.") from None
    if not 0 < life <= LONGEST_LIFE:
        raise _refused(f"The token lives longer than {LONGEST_LIFE} seconds.")
    _spend(client, claims["jti"], claims["exp"])
    return client


def _who_says_so(token: str, hooks: Hooks) -> tuple[Client, Key]:
    """Whose token it claims to be, and the key that has to prove it. Nothing that it says is believed here."""
    if len(token) > LONGEST_TOKEN:
        raise _refused("The token is too long.")
    try:
        unproven = jwt.decode_complete(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise _refused("The token is not a JWT.") from None
    header, issuer = unproven["header"], unproven["payload"].get("iss")
    client = hooks.clients.get(issuer) if isinstance(issuer, str) else None
    if client is None:
        raise _refused("The token's issuer is not one of the clients in hooks.json.")
    kid = header.get("kid")
    key = client.keys.get(kid) if isinstance(kid, str) else None
    if key is None:
        raise _refused("The token's kid is not one of the issuer's keys in hooks.json.")
    if header.get("alg") != key.algorithm:
        raise _refused(f"The token has to be signed with {key.algorithm}, which its key is for.")
    if client.jku and header.get("jku", client.jku) != client.jku:
        raise _refused("The token's jku is not the one in hooks.json.")
    return client, key


def _spend(client: Client, jti: Any, expires: float) -> None:
    """Remember the token for as long as it lives. Raises Refusal where it came before."""
    if not isinstance(jti, str) or not 1 <= len(jti) <= 200:
        raise _refused("The token's jti is not a text of 1 to 200 characters.")
    digest = hashlib.sha256(f"{client.issuer}\n{jti}".encode(errors="surrogatepass")).hexdigest()
    now = timezone.now()
    try:
        with transaction.atomic():
            SpentToken.objects.filter(expires__lt=now).delete()
            until = now + timedelta(seconds=min(expires - now.timestamp(), LONGEST_LIFE) + 2 * CLOCKS_DIFFER)
            SpentToken.objects.create(digest=digest, expires=until)
    except IntegrityError:
        raise _refused("The token was used before: sign a new one for each call.") from None


def _refused(why: str) -> Refusal:
    return Refusal(401, why, {"WWW-Authenticate": "Bearer"})
