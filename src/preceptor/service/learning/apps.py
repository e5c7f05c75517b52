from django.apps import AppConfig


class LearningConfig(AppConfig):
    name = "preceptor.service.learning"
    label = "learning"
