from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "preceptor.service.oversight"
    label = "oversight"
