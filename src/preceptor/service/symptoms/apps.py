from django.apps import AppConfig


class SymptomsConfig(AppConfig):
    name = "preceptor.service.symptoms"
    label = "symptoms"
