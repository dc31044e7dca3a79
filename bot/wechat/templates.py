"""The one-time subscription templates: our names and fields → what WeChat's console handed out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal

from pydantic import Field

from config.loading import CATALOGUE, Entry, load_yaml


class Template(Entry):
    """A template. `fields` maps our words (matter, state, at) to its own (thing1, phrase2, time3)."""

    template_id: str = Field(min_length=1)
    account: Literal["mini", "official"]
    page: str | None = None
    fields: dict[str, str] = Field(min_length=1)

    def data(self, given: Mapping[str, Any]) -> dict[str, str]:
        """The values by the template's own fields; one we do not give stays empty and is filled in later."""
        return {field: str(given.get(word, "")) for word, field in self.fields.items()}


class _File(Entry):
    templates: dict[str, Template]


@lru_cache(maxsize=1)
def templates() -> dict[str, Template]:
    """All templates by our name. Raises CatalogueFault with file and line."""
    return load_yaml(CATALOGUE / "wechat" / "templates.yaml", _File).templates
