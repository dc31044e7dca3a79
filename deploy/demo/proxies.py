"""An invented authorisation on paper that waits for its township."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from deploy.demo.cases import paper_page
from deploy.demo.people import FIRST_DISTRICT, SCOPE, definition, first_place, id_number
from models.casework.files import CleanFile
from models.casework.proxy_papers import add_signed_paper
from models.kernel.actors import Actor
from models.kernel.ids import id_from_key
from models.people import proxies

WAITS = timedelta(days=2)
DAYS = 365
NUMBER = 403
PAGES = ("authorisation", "consent")


def load_paper_proxy(residents: Mapping[str, str], now: datetime) -> int:
    """Make it, with its signed papers; a second run changes nothing. `residents`: ids by token. Returns how many."""
    said, at = definition().on_paper, now - WAITS
    by = Actor("resident", residents[said["proxy"]])
    asked = proxies.request(
        id_from_key(SCOPE, "paper proxy"), name=said["name"],
        id_number=id_number(FIRST_DISTRICT, date.fromisoformat(said["birth"]), NUMBER, woman=False),
        id_kind="resident_id_card", township_id=first_place().id, relation=said["relation"],
        actions=["draft", "papers", "submit", "child"], programmes=[], days=DAYS, by=by, at=at,
    )  # fmt: skip
    for name in PAGES:
        photo = CleanFile(f"{name}.jpg", "image/jpeg", paper_page(name), 1)
        add_signed_paper(asked["_id"], photo, document_id=id_from_key(SCOPE, f"proxy {name}"), by=by, at=at)
    return 1
