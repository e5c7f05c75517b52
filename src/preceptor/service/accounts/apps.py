from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "preceptor.service.accounts"
    label = "accounts"
