import pytest
from django.test import Client
from django.urls import path

from preceptor.service import urls
from preceptor.service.errors import too_many
from service.factories import PASSWORD, a_practice, a_user

pytestmark = pytest.mark.django_db


def test_a_page_that_is_not_there_says_what_to_do(client):
    answer = client.get("/nothing/here")

    assert answer.status_code == 404
    assert "There is no such page" in answer.content.decode()
    assert "In an emergency call 999" in answer.content.decode()


def break_down(request):
    raise RuntimeError("told to no visitor")


def test_a_fault_of_ours_is_told_in_plain_words(monkeypatch, settings):
    from django.contrib.auth.decorators import login_not_required

    monkeypatch.setattr(urls, "urlpatterns", [*urls.urlpatterns, path("broken", login_not_required(break_down))])
    from django.urls import clear_url_caches

    clear_url_caches()
    answer = Client(raise_request_exception=False).get("/broken")
    clear_url_caches()

    assert answer.status_code == 500
    assert "Something went wrong here" in answer.content.decode()
    assert "told to no visitor" not in answer.content.decode()


def test_too_many_tries(rf):
    assert too_many(rf.get("/")).status_code == 429


def test_signing_in_says_nothing_about_passwords_and_keeps_the_way(client):
    user = a_user(a_practice(), username="gp")
    page = client.get("/accounts/login/?next=/patients/").content.decode()
    assert PASSWORD not in page
    assert "demo" not in page.lower()

    wrong = client.post("/accounts/login/", {"login": user.username, "password": "wrong"})
    right = client.post("/accounts/login/", {"login": user.username, "password": PASSWORD, "next": "/patients/"})

    assert "There is a problem" in wrong.content.decode()
    assert right.headers["Location"] == "/patients/"


def test_signing_out_takes_a_button(client):
    client.force_login(a_user(a_practice()))

    assert client.get("/accounts/logout/").status_code == 200
    client.post("/accounts/logout/")
    assert client.get("/").status_code == 302
