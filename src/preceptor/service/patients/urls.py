"""The patients of the practice, and one record."""

from __future__ import annotations

from django.urls import path

from preceptor.service.patients import pages

urlpatterns = [
    path("", pages.patients, name="patients"),
    path("<int:patient_id>/", pages.patient, name="patient"),
    path("<int:patient_id>/results/", pages.patient_results, name="patient_results"),
    path("<int:patient_id>/results/<slug:slug>/", pages.patient_result, name="patient_result"),
    path("<int:patient_id>/chart/<slug:slug>.svg", pages.patient_chart, name="patient_chart"),
    path("<int:patient_id>/timeline/", pages.patient_timeline, name="patient_timeline"),
    path("<int:patient_id>/requests/", pages.patient_requests, name="patient_requests"),
]
