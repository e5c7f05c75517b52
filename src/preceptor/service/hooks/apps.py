from django.apps import AppConfig


class HooksConfig(AppConfig):
    name = "preceptor.service.hooks"
    label = "hooks"
