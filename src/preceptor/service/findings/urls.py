"""Findings: the practice's worklist, the answers, and the watches."""

from __future__ import annotations

from django.urls import path

from preceptor.service.findings import pages, watch_pages, worklist

urlpatterns = [
    path("", worklist.findings, name="findings"),
    path("export.csv", worklist.export, name="findings_export"),
    path("print/", worklist.printable, name="findings_print"),
    path("watches/", watch_pages.watches, name="finding_watches"),
    path("watches/budget/", watch_pages.budget, name="finding_budget"),
    path("watches/<slug:watch_id>/", watch_pages.watch, name="finding_watch"),
    path("packs/<slug:pack>/", watch_pages.pack, name="finding_pack"),
    path("<int:finding_id>/answer/", pages.answer_finding, name="finding_answer"),
    path("<int:finding_id>/owner/", pages.own_finding, name="finding_owner"),
]
