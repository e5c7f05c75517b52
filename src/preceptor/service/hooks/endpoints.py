"""Discovery, the services and their feedback."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone

from preceptor.advice import Finding
from preceptor.service.hooks.asked import asked, json_of
from preceptor.service.hooks.cards import card
from preceptor.service.hooks.clients import Client, Hooks
from preceptor.service.hooks.feedback import keep, told
from preceptor.service.hooks.finding import findings
from preceptor.service.hooks.gate import through_the_gate
from preceptor.service.hooks.models import HookCard
from preceptor.service.hooks.records import brought
from preceptor.service.hooks.refusing import Refusal
from preceptor.service.hooks.services import SERVICES, Service
from preceptor.service.practices.models import Practice


@through_the_gate("GET")
def discovery(http: HttpRequest, hooks: Hooks, client: Client) -> HttpResponse:  # noqa: ARG001
    """Which services there are, and what each wants to be sent."""
    return JsonResponse({"services": [service.as_json for service in SERVICES.values()]})


@through_the_gate("POST")
def service(http: HttpRequest, hooks: Hooks, client: Client, name: str) -> HttpResponse:
    """The cards for a record. Nothing of the record is kept."""
    called = _named(name)
    now = timezone.now()
    call = asked(json_of(http), called)
    found = brought(call, now)
    said = findings(called, call, found, now)
    shown = said[: hooks.cards]
    notes = _notes(len(said) - len(shown), found.left_out)
    cards = [
        card(finding, call.patient, lambda slug: http.build_absolute_uri(reverse("hooks_watch", args=[slug])), notes)
        for finding in shown
    ]
    _remember(cards, shown, called, client)
    return JsonResponse({"cards": cards})


@through_the_gate("POST", "/feedback")
def feedback(http: HttpRequest, hooks: Hooks, client: Client, name: str) -> HttpResponse:  # noqa: ARG001
    """What was done with cards. The same twice is kept once."""
    called = _named(name)
    items = told(json_of(http))
    kept = keep(items, called, client)
    return JsonResponse({"kept": kept, "repeated": len(items) - kept})


def _named(name: str) -> Service:
    if found := SERVICES.get(name):
        return found
    raise Refusal(404, "There is no such service. GET /cds-services lists them.")


def _notes(hidden: int, left_out: int) -> tuple[str, ...]:
    notes = []
    if hidden:
        notes.append(f"{hidden} less urgent {'finding is' if hidden == 1 else 'findings are'} not shown.")
    if left_out:
        entries = "1 entry that was sent was" if left_out == 1 else f"{left_out} entries that were sent were"
        notes.append(f"{entries} left out: not readable, or about somebody else.")
    return tuple(notes)


@transaction.atomic
def _remember(cards: list[dict[str, Any]], shown: list[Finding], called: Service, client: Client) -> None:
    """Which cards were given, so that feedback can be told apart from noise."""
    if not cards:
        return
    practice = Practice.objects.filter(ods_code=client.practice).first() if client.practice else None
    HookCard.objects.bulk_create(
        HookCard(
            id=given["uuid"],
            practice=practice,
            issuer=client.issuer,
            service=called.id,
            watch=finding.watch,
            priority=finding.priority.value,
            suggestions=[suggestion["uuid"] for suggestion in given.get("suggestions", [])],
            given=timezone.now(),
        )
        for given, finding in zip(cards, shown, strict=True)
    )
