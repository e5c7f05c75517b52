"""Where everything is."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("preceptor.service.accounts.urls")),
    path("", include("preceptor.service.requests.urls")),
]
