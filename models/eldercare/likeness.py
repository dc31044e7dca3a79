"""Whether two entries may be about one person: the same name, birth date and community, however each was written."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime

from config.loading import rule
from models.eldercare.documents import ELDER_NAME, Elder
from models.kernel.database import collection
from models.kernel.encryption import blind_index, open_text

PERSON = "eldercare person"


def person_index(name: str, born: date, township_id: str, community: str) -> str:
    """The blind index of a person without their number; `name` as `read_name` gives it."""
    return blind_index(PERSON, "|".join((name, born.isoformat(), township_id, plain_community(community))))


def plain_community(community: str) -> str:
    """A community's name without the words that lists write or leave out (rule `eldercare.community_suffixes`)."""
    plain = "".join(unicodedata.normalize("NFKC", community).split())
    for suffix in rule("eldercare.community_suffixes"):
        if plain.endswith(suffix) and plain != suffix:
            return plain.removesuffix(suffix)
    return plain


def index_earlier_entries(at: datetime) -> int:
    """Give the entries written before there was such an index theirs; returns how many."""
    fields = {"name": 1, "birth_date": 1, "township_id": 1, "community": 1}
    earlier = list(collection(Elder).find({"person_index": None}, fields))
    for elder in earlier:
        born = date.fromisoformat(open_text(elder["birth_date"], Elder.birth_date.context))
        index = person_index(open_text(elder["name"], ELDER_NAME), born, elder["township_id"], elder["community"])
        collection(Elder).update_one({"_id": elder["_id"], "person_index": None}, {"$set": {"person_index": index}})
    return len(earlier)
