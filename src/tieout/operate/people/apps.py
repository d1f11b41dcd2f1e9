"""The application as Django knows it."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Accounts, teams, roles, tokens, saved views, the log."""

    name = "tieout.operate.people"
    label = "people"
    verbose_name = "People"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Begin to write the log; its tables are known only now."""
        import_module("tieout.operate.people.watching")
