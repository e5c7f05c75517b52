from django.apps import AppConfig


class RequestsConfig(AppConfig):
    name = "preceptor.service.requests"
    label = "requests"
