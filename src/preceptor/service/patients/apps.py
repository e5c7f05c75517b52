from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "preceptor.service.patients"
    label = "patients"
