"""Answering a card from the patient's page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from preceptor.service.accounts.models import User
from preceptor.service.accounts.signed_in import practice_of, staff_of
from preceptor.service.findings.answering import Refused, answer, give_to
from preceptor.service.findings.forms import AnswerForm
from preceptor.service.findings.models import Finding, Kind
from preceptor.service.findings.showing import section_of
from preceptor.service.patients.models import Patient


@require_POST
def answer_finding(http: HttpRequest, finding_id: int) -> HttpResponse:
    """Act on a card, dismiss it, snooze it or have it shown again. The card's leading finding names it."""
    finding = _finding(http, finding_id)
    form = AnswerForm(http.POST, card=finding.pk)
    if not form.is_valid() or finding.pk not in form.cleaned_data["findings"]:
        return _show(http, finding.patient, form, "Choose what to do with this finding.")
    typed = form.cleaned_data
    try:
        answer(
            typed["findings"], staff_of(http), Kind(typed["kind"]),
            reason=form.reason, note=typed["note"], until=form.day,
        )  # fmt: skip
    except Refused as why:
        form.add_error(why.field or None, str(why))
        return _show(http, finding.patient, form, str(why))
    said = f"{finding.title}: {Kind(typed['kind']).label.lower()}. It is in the ledger under your name."
    return _done(http, finding.patient, said)


@require_POST
def own_finding(http: HttpRequest, finding_id: int) -> HttpResponse:
    """Say who deals with a card: a colleague by id, or nobody."""
    finding = _finding(http, finding_id)
    form = AnswerForm({**http.POST.dict(), "kind": Kind.ACT}, card=finding.pk)
    typed = http.POST.get("owner", "")
    ids = form.cleaned_data["findings"] if form.is_valid() else [finding.pk]
    owner = User.objects.filter(practice=practice_of(http), pk=int(typed)).first() if _is_id(typed) else None
    try:
        if typed and owner is None:
            raise Refused("Choose a clinician of this practice.", "owner")
        give_to(ids, staff_of(http), owner)
    except Refused as why:
        return _show(http, finding.patient, form, str(why))
    return _done(http, finding.patient, f"{finding.title}: {owner.shown_name if owner else 'nobody'} deals with it.")


def _done(http: HttpRequest, patient: Patient, said: str) -> HttpResponse:
    if http.headers.get("HX-Request"):
        return render(http, "findings/_section.jinja", {"section_": section_of(http, patient), "said": said})
    messages.success(http, said)
    return redirect(reverse("patient", args=[patient.pk]) + "#findings")


def _show(http: HttpRequest, patient: Patient, form: AnswerForm, said: str) -> HttpResponse:
    """The section again, with what was typed and what is wrong with it."""
    found = section_of(http, patient, form)
    context = {"section_": found, "refusal": said, "patient": patient}
    if http.headers.get("HX-Request"):
        return render(http, "findings/_section.jinja", context)  # htmx puts in place only what comes as a success
    return render(http, "findings/patient.jinja", context, status=422)


def _finding(http: HttpRequest, finding_id: int) -> Finding:
    findings = Finding.objects.of(practice_of(http)).select_related("patient__practice")
    return get_object_or_404(findings, pk=finding_id)


def _is_id(typed: str) -> bool:
    return typed.isascii() and typed.isdecimal() and len(typed) < 16
