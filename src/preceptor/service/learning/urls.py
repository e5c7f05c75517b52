"""What a tool's model learnt."""

from __future__ import annotations

from django.urls import path

from preceptor.service.learning import pages

urlpatterns = [path("triage/learnt/", pages.learnt, name="learnt")]
