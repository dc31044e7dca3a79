"""The pages, a file a part. Loading one declares its pages."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from api.console.views import sign_in

__all__ = ["ANSWERS", "load_all", "sign_in"]
# Templates of `shown/`: they show what a form's route answered, which is told once or belongs in no address.
ANSWERS = (
    "account_made", "calendar", "campaign_trial", "chain", "figures", "imported", "list_report", "otp", "recovery",
    "rules_preview", "search", "taught",
)  # fmt: skip


def load_all() -> None:
    """Declare every page."""
    for found in sorted(each.name for each in iter_modules(__path__)):
        import_module(f"{__name__}.{found}")
