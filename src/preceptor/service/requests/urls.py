"""The inbox, a request's page, and the patients' page."""

from __future__ import annotations

from django.urls import path

from preceptor.service.requests import pages

urlpatterns = [
    path("", pages.inbox, name="inbox"),
]
