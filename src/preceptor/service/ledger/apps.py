from django.apps import AppConfig
from django.db.models.signals import post_migrate


class LedgerConfig(AppConfig):
    name = "preceptor.service.ledger"
    label = "ledger"

    def ready(self) -> None:
        from preceptor.service.ledger.guard import prepare

        post_migrate.connect(prepare, sender=self)
