"""The symptoms page: type what a patient says, see what the library knows about it. Nothing typed here is kept."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from preceptor.service.accounts.signed_in import staff_of
from preceptor.service.symptoms.forms import SymptomsForm
from preceptor.tools.triage.symptoms import Answer, CannotLookUp, look_up
from preceptor.tools.triage.symptoms.telling import pharmacy_first_in_words


@require_http_methods(["GET", "POST"])
def symptoms(http: HttpRequest) -> HttpResponse:
    """The page, or the answer alone while somebody types. Words come by POST: an address would be kept in logs."""
    staff_of(http)
    form = SymptomsForm(http.POST or None)
    answer = _answer(form) if http.method == "POST" else None
    context: dict[str, Any] = {"form": form, "answer": answer, "pharmacy_first": pharmacy_first_in_words}
    if http.htmx:  # type: ignore[attr-defined]  # set by django-htmx
        return render(http, "symptoms/_answer.jinja", context)
    return render(http, "symptoms/symptoms.jinja", context, status=422 if form.errors else 200)


def _answer(form: SymptomsForm) -> Answer | None:
    if not form.is_valid():
        return None
    try:
        return look_up(form.cleaned_data["words"], form.age_in_years, form.cleaned_data["sex"])
    except CannotLookUp as why:
        form.add_error("words" if not form.cleaned_data["words"].strip() else "age", f"{str(why).capitalize()}")
        return None
