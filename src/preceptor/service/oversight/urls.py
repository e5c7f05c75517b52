"""The tools, and what they are trusted with."""

from __future__ import annotations

from django.urls import path

from preceptor.service.oversight import pages

urlpatterns = [
    path("", pages.tools, name="tools"),
    path("<str:name>/", pages.tool, name="tool"),
]
