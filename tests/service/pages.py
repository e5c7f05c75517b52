"""A page as its reader has it: signed in as somebody, and the words without their tags."""

from __future__ import annotations

import re
from html import unescape

from django.http import HttpResponse
from django.test import Client

from preceptor.service.accounts.models import User


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(response: HttpResponse) -> str:
    page = re.sub(r"<script.*?</script>|<style.*?</style>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
