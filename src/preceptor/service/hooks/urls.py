"""CDS Hooks: addresses as the standard fixes them, without a slash at their end."""

from __future__ import annotations

from django.urls import path

from preceptor.service.hooks import endpoints, pages

urlpatterns = [
    path("cds-services", endpoints.discovery, name="hooks_discovery"),
    path("cds-services/watches/<slug:slug>", pages.watch, name="hooks_watch"),
    path("cds-services/<slug:name>", endpoints.service, name="hooks_service"),
    path("cds-services/<slug:name>/feedback", endpoints.feedback, name="hooks_feedback"),
]
