"""What a stranger on the network, a colleague of another practice, or a hostile record may not do."""

from __future__ import annotations

import io
import logging
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import DataError, IntegrityError
from django.test import Client
from django.test.utils import override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from preceptor.advice import Standing
from preceptor.service.accounts.models import Role
from preceptor.service.home import secret_key
from preceptor.service.logs import Wordless
from preceptor.service.requests.models import Request
from service.factories import PASSWORD, a_patient, a_practice, a_request, a_user, an_assessment, an_event, trust

pytestmark = pytest.mark.django_db


def signed_in(user, **more) -> Client:
    client = Client(**more)
    client.force_login(user)
    return client


def addresses(person, patient, request) -> dict[str, str]:
    """Every address of the service's own pages, filled with these."""
    values = {
        "user_id": person.pk, "patient_id": patient.pk, "request_id": request.pk, "slug": "egfr",
        "name": "triage", "finding_id": patient.pk, "watch_id": "ckd_uncoded", "pack": "kidney",
        "ods_code": request.practice.ods_code, "key": "x", "incident_id": patient.pk, "form": "csv",
    }  # fmt: skip
    found = {}

    def walk(patterns, before=""):
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, before + str(pattern.pattern))
            elif isinstance(pattern, URLPattern) and "allauth" not in pattern.lookup_str:
                address = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: str(values[m[1]]), before + str(pattern.pattern))
                found[pattern.name or address] = "/" + address

    walk(get_resolver().url_patterns)
    return found


def test_nothing_of_another_practice_is_there():
    theirs, ours = a_practice(), a_practice()
    patient = a_patient(theirs)
    request = a_request(theirs, patient=patient)
    victim = a_user(theirs)
    client = signed_in(a_user(ours, Role.MANAGER))
    about_them = {
        name: address
        for name, address in addresses(victim, patient, request).items()
        if any(str(number) in address.split("/") for number in (victim.pk, patient.pk, request.pk))
    }
    assert len(about_them) >= 15
    for name, address in about_them.items():
        answers = {client.get(address).status_code, client.post(address, {"version": 1}).status_code}
        assert answers <= {404, 405}, name
        assert 404 in answers, name


def test_every_form_needs_its_token():
    practice = a_practice()
    request = a_request(practice, patient=a_patient(practice))
    client = signed_in(a_user(practice, Role.MANAGER), enforce_csrf_checks=True)
    for name, address in addresses(a_user(practice), request.patient, request).items():
        if address.startswith(("/api/", "/cds-services")):
            continue  # by key or signed token, not by cookie
        assert client.post(address).status_code in (403, 405), name
    for name in ("account_login", "account_logout", "account_change_password", "mfa_activate_totp"):
        assert client.post(reverse(name)).status_code == 403, name


@override_settings(SECURE_HSTS_SECONDS=31536000, SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True)
def test_every_page_is_framed_by_nobody_runs_nothing_foreign_and_is_not_kept():
    practice = a_practice()
    request = a_request(practice, patient=a_patient(practice))
    client = signed_in(a_user(practice, Role.MANAGER))
    for name, address in addresses(a_user(practice), request.patient, request).items():
        page = client.get(address, secure=True)
        assert page.headers["X-Frame-Options"] == "DENY", name
        assert page.headers["X-Content-Type-Options"] == "nosniff", name
        policy = page.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy, name
        assert "unsafe" not in policy or address.startswith("/api/"), name
        assert "no-store" in page.headers["Cache-Control"] or "no-cache" in page.headers["Cache-Control"], name
        assert page.headers["Strict-Transport-Security"] == "max-age=31536000", name
        for cookie in page.cookies.values():
            assert cookie["secure"], name


def test_another_host_is_not_answered():
    for host in ("evil.example", "localhost.evil.example", "127.0.0.1:8000@evil.example", ""):
        assert Client().get("/healthz", headers={"Host": host or "a b"}).status_code == 400


def test_a_flood_is_refused_before_it_is_read():
    practice = a_practice()
    body = io.BytesIO(b"x")
    for address in (f"/ask/{practice.ods_code}/", reverse("account_login")):
        answer = Client().post(
            address, body.getvalue(), content_type="multipart/form-data; boundary=b", CONTENT_LENGTH="10000000000"
        )
        assert answer.status_code == 400
    long = Client().post(f"/ask/{practice.ods_code}/", {"text": "x" * 3_000_000})
    assert long.status_code == 400
    assert not Request.objects.exists()


def test_a_file_is_not_kept(tmp_path):
    practice = a_practice()
    answer = Client().post(f"/ask/{practice.ods_code}/", {"text": io.BytesIO(b"x" * 1000)})
    assert answer.status_code == 422


HOSTILE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title></svg><script>alert(1)</script>",
    "{{ 7*7 }}", "{% include 'x' %}", "\u202etxt.exe", "W" * 5000, "=HYPERLINK(1)", "]]><script>alert(1)</script>",
]  # fmt: skip


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_record_is_shown_as_words_alone(words):
    practice = a_practice(name=words[:200])
    patient = a_patient(
        practice, family_name=words[:200], given_names=words[:200], title=words[:50], problem=words,
        telephone=words[:100], address=words[:500], ethnicity=words[:200],
    )  # fmt: skip
    for number, kind in enumerate(("condition", "allergy", "plan", "flag", "medication", "message", "result")):
        an_event(
            patient, kind=kind, text=words, note=words, problem=words, value_sent=words, unit_sent=words[:100],
            status="active", concept="egfr" if kind == "result" else None, value=float(number + 40), unit=words[:40],
        )  # fmt: skip
    flag = {"id": words, "title": words, "urgency": "emergency", "action": words, "span": [0, 3], "spans": [[0, 3]]}
    request = a_request(practice, patient=patient, text=f"sore {words}", writer=words[:100], red_flags=[flag])
    trust(practice, Standing.FIRST)
    an_assessment(request, reasons=[{"text": words, "effect": "sets", "span": [0, 3], "event": None, "rule": words}])
    client = signed_in(a_user(practice, Role.GP, first_name=words[:150], last_name=words[:150]))
    pages = addresses(a_user(practice), patient, request)
    read = 0
    for name in (
        "inbox", "request", "patients", "patient", "patient_results", "patient_result", "patient_chart",
        "patient_timeline", "patient_requests", "ask",
    ):  # fmt: skip
        page = client.get(pages[name])
        if page.status_code == 404:
            continue
        assert page.status_code == 200, name
        shown = page.content.decode()
        assert "<script>alert" not in shown, name
        assert "<img src=x" not in shown, name
        assert ">49<" not in shown, name
        read += 1
    assert read >= 9


@pytest.mark.parametrize(
    "query",
    ["%" * 200, "_" * 200, "a " * 100, "1" * 200, "1/" * 100, " - " * 60, "\\" * 200, "'\"" * 100, "\x00a", "é" * 200],
)
def test_no_search_is_too_hard(query):
    practice = a_practice()
    a_request(practice, patient=a_patient(practice))
    client = signed_in(a_user(practice))
    for address, name in (("inbox", "search"), ("patients", "q")):
        assert client.get(reverse(address), {name: query}).status_code == 200
    for page in ("0", "-1", "9" * 30, "x", "٣", ""):
        assert client.get(reverse("inbox"), {"page": page, "view": "all"}).status_code == 200


@pytest.mark.parametrize("number", ["0", "9" * 19, "9" * 40])
def test_a_number_of_any_size_is_no_patient(number):
    client = signed_in(a_user(a_practice(), Role.MANAGER))
    assert client.get(f"/patients/{number}/").status_code == 404
    assert client.post(f"/staff/{number}/close/").status_code == 404


# ---- logs ----


WORDS = "SECRETWORD my chest hurts"


def logged(fault: Exception) -> str:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Wordless())
    log = logging.Logger("test")
    log.addHandler(handler)
    try:
        try:
            raise fault
        except Exception as cause:
            raise ValueError(f"cannot read {WORDS}") from cause
    except ValueError:
        log.exception("request %s broke", "an-id")
    return out.getvalue()


@pytest.mark.parametrize(
    "fault", [KeyError(WORDS), IntegrityError(f"Failing row contains ({WORDS})"), DataError(WORDS)]
)
def test_a_log_line_holds_no_patients_words(fault):
    said = logged(fault)
    assert "SECRETWORD" not in said
    assert "request an-id broke" in said
    assert type(fault).__name__ in said
    assert "test_security.py" in said


def test_a_log_line_says_what_ails_the_machine():
    assert "disk is full" in logged(OSError("disk is full"))


def test_the_service_logs_by_that_formatter():
    assert settings.LOGGING["handlers"]["console"]["formatter"] == "wordless"
    assert not [name for name in settings.LOGGING.get("loggers", {}) if "handlers" in settings.LOGGING["loggers"][name]]


def test_a_page_that_breaks_tells_nobody_what_was_written(monkeypatch, caplog):
    practice = a_practice()
    request = a_request(practice, text=WORDS, patient=a_patient(practice))
    client = signed_in(a_user(practice))
    client.raise_request_exception = False

    def broken(*_):
        raise RuntimeError(WORDS)

    monkeypatch.setattr("preceptor.service.requests.pages.marks.pieces_of", broken)
    page = client.get(reverse("request", args=[request.pk]) + "?search=SECRETWORD")
    assert page.status_code == 500
    assert "SECRETWORD" not in page.content.decode()
    for record in caplog.records:
        assert "SECRETWORD" not in Wordless().format(logging.makeLogRecord(record.__dict__ | {"exc_text": None}))


# ---- files ----


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_an_installation_writes_is_for_its_account_alone(tmp_path):
    """Even where somebody made the folder for all to read."""
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")}
    done = subprocess.run(  # noqa: S603
        [
            sys.executable, "-c", "from preceptor.cli import app; app()", "setup",
            "--practice", "A Surgery", "--ods-code", "A81001",
            "--manager", "pm", "--password", PASSWORD,
        ],
        env=env | {"PRECEPTOR_HOME": str(home)}, capture_output=True, text=True, check=False,
        input="01632 960001\n",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    written = [path for path in home.iterdir() if path.is_file()]
    assert {"secret_key", "preceptor.sqlite3"} <= {path.name for path in written}
    for path in written:
        assert mode(path) & 0o077 == 0, path.name


def test_a_key_is_made_once_and_never_read_half_made(tmp_path, monkeypatch):
    monkeypatch.delenv("PRECEPTOR_SECRET_KEY", raising=False)
    key = secret_key(tmp_path)
    assert len(key) > 50
    assert secret_key(tmp_path) == key
    assert mode(tmp_path / "secret_key") == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_an_unknown_address_is_no_page():
    assert signed_in(a_user(a_practice())).get(f"/requests/{uuid4()}/").status_code == 404
