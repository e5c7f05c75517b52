from django.apps import AppConfig


class PracticesConfig(AppConfig):
    name = "preceptor.service.practices"
    label = "practices"
