"""What every call goes through: its origin, its method, its token, its pace; and what every refusal looks like."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt

from preceptor.service.hooks.clients import NOBODY, BadSettings, Client, Hooks, hooks
from preceptor.service.hooks.limits import PACE
from preceptor.service.hooks.refusing import Refusal
from preceptor.service.hooks.tokens import client_of

log = logging.getLogger(__name__)

Served = Callable[..., HttpResponse]
_OFF = "CDS Hooks is off here: no client is configured. See how-to/serve-cds-hooks in the documentation."
_UNSIGNED = "CDS Hooks is off here: unauthenticated calls are for development alone, and are refused outside it."


def through_the_gate(method: str, *also_for: str) -> Callable[[Served], Callable[..., HttpResponse]]:
    """A view for clients: it is given the Hooks in force and the Client, after the request.

    `also_for` are endings that its token's `aud` may lack: feedback of a service may be signed for the service.
    """

    def decorated(view: Served) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @login_not_required
        @wraps(view)
        def respond(http: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
            found: Hooks | None = None
            try:
                found = hooks()
                _check_origin(http, found)
                if http.method == "OPTIONS":
                    response = HttpResponse(status=204, headers={"Allow": f"{method}, OPTIONS"})
                elif http.method != method:
                    raise Refusal(405, f"Use {method} here.", {"Allow": f"{method}, OPTIONS"})
                else:
                    client = _client(http, found, also_for)
                    PACE.take(client.issuer, found.calls_a_minute)
                    response = view(http, found, client, *args, **kwargs)
            except Refusal as refusal:
                response = refusal.response
            except BadSettings as fault:
                log.error("CDS Hooks is off: %s", fault)
                response = Refusal(503, "CDS Hooks is off here: its settings have a fault. See the log.").response
            except (RequestDataTooBig, UnreadablePostError):
                response = Refusal(400, "The body could not be read.").response
            except DatabaseError:
                log.exception("a call of a CDS Hooks service met a fault of the database")
                response = Refusal(
                    503, "The database cannot answer just now. Try again.", {"Retry-After": "5"}
                ).response
            return _for_origin(http, response, found, method)

        return respond

    return decorated


def _check_origin(http: HttpRequest, found: Hooks) -> None:
    """A browser names the origin of the page that calls; another system's server names none."""
    origin = http.headers.get("Origin")
    if origin is not None and origin not in found.origins:
        raise Refusal(403, "Pages of this origin may not call. Add it to origins in hooks.json.")


def _client(http: HttpRequest, found: Hooks, endings: tuple[str, ...]) -> Client:
    if found.unauthenticated and not settings.DEBUG:
        raise Refusal(503, _UNSIGNED)
    scheme, _, token = http.headers.get("Authorization", "").partition(" ")
    if found.unauthenticated and not token:
        return NOBODY
    if not found.clients:
        raise Refusal(503, _OFF)
    if scheme.lower() != "bearer" or not token.strip():
        raise Refusal(401, "Send a signed token: Authorization: Bearer ...", {"WWW-Authenticate": "Bearer"})
    address = http.build_absolute_uri(http.path)
    return client_of(token.strip(), found, [address, *(address.removesuffix(ending) for ending in endings)])


def _for_origin(http: HttpRequest, response: HttpResponse, found: Hooks | None, method: str) -> HttpResponse:
    patch_vary_headers(response, ["Origin"])
    origin = http.headers.get("Origin")
    if found and origin in found.origins:
        response["Access-Control-Allow-Origin"] = origin
        if http.method == "OPTIONS":
            response["Access-Control-Allow-Methods"] = f"{method}, OPTIONS"
            response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
            response["Access-Control-Max-Age"] = "600"
    return response
