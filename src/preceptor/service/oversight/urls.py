"""The tools, and what they are trusted with."""

from __future__ import annotations

from django.urls import path

from preceptor.service.oversight import pages

urlpatterns = [
    path("", pages.tools, name="tools"),
    path("<str:name>/", pages.tool, name="tool"),
    path("<str:name>/figures/", pages.tool_figures, name="tool_figures"),
    path("<str:name>/figures/<slug:slug>.svg", pages.tool_chart, name="tool_chart"),
]
