from django.apps import AppConfig


class FindingsConfig(AppConfig):
    name = "preceptor.service.findings"
    label = "findings"
