"""Discovery, the services and their feedback."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone

from preceptor.service.hooks.asked import asked, json_of
from preceptor.service.hooks.cards import card
from preceptor.service.hooks.clients import Client, Hooks
from preceptor.service.hooks.feedback import keep, told
from preceptor.service.hooks.finding import Group, findings
from preceptor.service.hooks.gate import through_the_gate
from preceptor.service.hooks.heeding import keyed_digest, practice_of, unanswered, watches_of, within_budget
from preceptor.service.hooks.models import HookCard
from preceptor.service.hooks.records import brought
from preceptor.service.hooks.refusing import Refusal
from preceptor.service.hooks.services import SERVICES, Service


@through_the_gate("GET")
def discovery(http: HttpRequest, hooks: Hooks, client: Client) -> HttpResponse:  # noqa: ARG001
    """Which services there are, and what each wants to be sent."""
    return JsonResponse({"services": [service.as_json for service in SERVICES.values()]})


@through_the_gate("POST")
def service(http: HttpRequest, hooks: Hooks, client: Client, name: str) -> HttpResponse:
    """The cards for a record. Nothing of the record is kept."""
    called = _named(name)
    now = timezone.now()
    practice = practice_of(client)
    call = asked(json_of(http), called)
    found = brought(call, now)
    noticed = findings(called, watches_of(called, practice), call, found, now)
    clinician = keyed_digest(client.issuer, call.user)
    groups = unanswered(noticed, found.record, client, practice)
    shown, rest = within_budget(groups, hooks, practice, clinician, now)
    notes = _notes(len(rest), found.left_out)
    page = http.build_absolute_uri
    cards = [
        card(group.findings, call.patient, lambda slug: page(reverse("hooks_watch", args=[slug])), notes)
        for group in shown
    ]
    given = HookCard(practice=practice, issuer=client.issuer, service=called.id, clinician=clinician, given=now)
    _remember(cards, shown, given)
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
        notes.append(f"{hidden} less urgent {'card is' if hidden == 1 else 'cards are'} not shown.")
    if left_out:
        entries = "1 entry that was sent was" if left_out == 1 else f"{left_out} entries that were sent were"
        notes.append(f"{entries} left out: not readable, or about somebody else.")
    return tuple(notes)


@transaction.atomic
def _remember(cards: list[dict[str, Any]], shown: list[Group], given: HookCard) -> None:
    """Which cards were given, so that feedback can be told apart from noise. `given` is what they have in common."""
    HookCard.objects.bulk_create(
        HookCard(
            id=made["uuid"],
            practice=given.practice,
            issuer=given.issuer,
            service=given.service,
            clinician=given.clinician,
            given=given.given,
            watch=group.lead.watch,
            also=[finding.watch for finding in group.findings[1:]],
            about=group.key,
            priority=group.priority.value,
            suggestions=[suggestion["uuid"] for suggestion in made.get("suggestions", [])],
        )
        for made, group in zip(cards, shown, strict=True)
    )
