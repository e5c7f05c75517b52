"""Where everything is."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from preceptor.service import health
from preceptor.service.requests.api import api_urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("preceptor.service.accounts.urls")),
    path("api/", api_urls),
    path("findings/", include("preceptor.service.findings.urls")),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("patients/", include("preceptor.service.patients.urls")),
    path("safety/", include("preceptor.service.oversight.safety_urls")),
    path("staff/", include("preceptor.service.accounts.staff_urls")),
    path("symptoms/", include("preceptor.service.symptoms.urls")),
    path("tools/", include("preceptor.service.learning.urls")),
    path("tools/", include("preceptor.service.oversight.urls")),
    path("", include("preceptor.service.hooks.urls")),
    path("", include("preceptor.service.requests.urls")),
]

handler400 = "preceptor.service.errors.bad_request"
handler403 = "preceptor.service.errors.forbidden"
handler404 = "preceptor.service.errors.not_found"
handler500 = "preceptor.service.errors.broken"
handler429 = "preceptor.service.errors.too_many"  # allauth's, where somebody guesses at passwords
