"""Themes of what residents say, as data: `config/catalogue/feedback_themes.yaml`."""

from __future__ import annotations

from functools import lru_cache

from pydantic import Field

from config.loading import CATALOGUE, CatalogueFault, Entry, catalogue, load_yaml
from config.programmes import programmes
from config.text import sentences

FILE = CATALOGUE / "feedback_themes.yaml"
OTHER = "other"


class Theme(Entry):
    """What suggests a theme: words of a text, and what the resident named."""

    keywords: tuple[str, ...]
    about: tuple[str, ...] = ()


class Themes(Entry):
    """All themes by token in the order in which they are preferred; words after which names are hidden."""

    themes: dict[str, Theme] = Field(min_length=1)
    names_follow: tuple[str, ...]

    def suggested(self, text: str, *named: str | None) -> str:
        """The theme whose words occur most in `text`; what was named (programme, category) weighs like a word."""
        scores = {
            token: sum(word in text for word in theme.keywords) + sum(each in theme.about for each in named)
            for token, theme in self.themes.items()
        }
        best = max(scores, key=lambda token: scores[token])
        return best if scores[best] else OTHER


@lru_cache(maxsize=1)
def themes() -> Themes:
    """Read at the first call. Raises CatalogueFault for a theme without label, or about what does not exist."""
    found = load_yaml(FILE, Themes)
    known = {*programmes(), *catalogue().categories}
    for token, theme in found.themes.items():
        if f"feedback.theme.{token}" not in sentences():
            raise CatalogueFault(f"{FILE}:1: {token} has no label feedback.theme.{token}")
        unknown = [each for each in theme.about if each not in known]
        if unknown:
            raise CatalogueFault(f"{FILE}:1: {token}: no programme or category {', '.join(unknown)}")
    if OTHER not in found.themes:
        raise CatalogueFault(f"{FILE}:1: no theme {OTHER}")
    return found
