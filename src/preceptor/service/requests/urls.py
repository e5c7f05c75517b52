"""The inbox, a request's page, and the patients' page."""

from __future__ import annotations

from django.urls import path

from preceptor.service.requests import asking, pages

urlpatterns = [
    path("", pages.inbox, name="inbox"),
    path("requests/new/", pages.new_requests, name="new_requests"),
    path("requests/<uuid:request_id>/", pages.request_page, name="request"),
    path("requests/<uuid:request_id>/first-view/", pages.first_view, name="first_view"),
    path("requests/<uuid:request_id>/decision/", pages.decision, name="decision"),
    path("requests/<uuid:request_id>/reopening/", pages.reopening, name="reopening"),
    path("requests/<uuid:request_id>/outcome/", pages.outcome, name="outcome"),
    path("requests/<uuid:request_id>/presence/", pages.presence, name="presence"),
    path("ask/<str:ods_code>/", asking.ask, name="ask"),
    path("ask/<str:ods_code>/sent/", asking.sent, name="ask_sent"),
]
