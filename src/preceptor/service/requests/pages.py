"""The pages around requests."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def inbox(request: HttpRequest) -> HttpResponse:
    return render(request, "requests/inbox.jinja")
