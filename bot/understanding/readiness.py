"""Everything that understanding needs: a server loads it before the first message, any other process at its first."""

from __future__ import annotations

import fcntl
from functools import cache
from pathlib import Path

import structlog

from bot.understanding import trained, vectors
from bot.understanding.deciding import understand
from bot.understanding.indicators import indicator_search
from bot.understanding.plan import plan_search

KEPT, LOCK = "understanding.npz", "understanding.lock"
# Goes the longest way: typed pinyin, and no plain words, so that the sentence's vector is needed.
FIRST = "wo xiang wen yi ge shi qing"
log = structlog.get_logger()


@cache
def be_ready(folder: Path) -> None:
    """`make_ready`, once a process."""
    make_ready(folder)


def make_ready(folder: Path) -> None:
    """Load what was learned; where the examples have changed since, learn anew (a minute) and keep it in `folder`.

    Of several processes that start at once one learns, the others wait for it.
    """
    vectors.also_in(folder)
    trained.use(trained.load(trained.SHIPPED) or _kept_in(folder))
    for search in (plan_search(), indicator_search()):
        search.load()
    understand(FIRST)


def _kept_in(folder: Path) -> trained.Trained:
    from bot.understanding.training import train  # loads scikit-learn, which only training needs

    folder.mkdir(parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = trained.load(folder / KEPT)
        if found is None:
            log.warning("understanding_trained_at_start", hint="flask --app wsgi bot train")
            found = train()
            trained.save(found, folder / KEPT)
        return found
