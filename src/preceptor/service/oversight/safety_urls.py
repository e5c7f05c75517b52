"""Safety: hazards, incidents, audits, terms, and one's own decisions."""

from __future__ import annotations

from django.urls import path

from preceptor.service.oversight import audit_pages, safety_pages

urlpatterns = [
    path("", safety_pages.safety, name="safety"),
    path("audits/", audit_pages.audits, name="audits"),
    path("audits/<uuid:request_id>/", audit_pages.audit, name="audit"),
    path("export/<slug:slug>/<slug:form>/", safety_pages.export, name="safety_export"),
    path("incidents/", safety_pages.incidents, name="incidents"),
    path("incidents/<int:incident_id>/", safety_pages.incident, name="incident"),
    path("pace/", safety_pages.pace_page, name="pace"),
    path("pace/<slug:slug>.svg", safety_pages.pace_chart, name="pace_chart"),
    path("terms/", safety_pages.terms, name="terms"),
    path("words/", safety_pages.words_look, name="words_look"),
    path("yours/", audit_pages.yours, name="yours"),
]
