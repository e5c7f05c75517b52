"""The symptoms page."""

from __future__ import annotations

from django.urls import path

from preceptor.service.symptoms import pages

urlpatterns = [path("", pages.symptoms, name="symptoms")]
