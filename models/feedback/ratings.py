"""Ratings of facilities: the average once enough residents rated. Childcare centres have their own (`childcare`)."""

from __future__ import annotations

from typing import Any

from config.loading import rule
from models.feedback.documents import RATING, WITHDRAWN, Feedback
from models.kernel.database import collection


def public_average(facility_id: str) -> dict[str, Any] | None:
    """`{average, count}` of a facility; None while there are too few to hide who said what (`ratings_least`)."""
    found = collection(Feedback).find({"facility_id": facility_id, "kind": RATING}, {"stars": 1, "state": 1})
    stars = [each["stars"] for each in found if each["state"] != WITHDRAWN]
    if len(stars) < rule("feedback.ratings_least"):
        return None
    return {"average": round(sum(stars) / len(stars), 1), "count": len(stars)}
