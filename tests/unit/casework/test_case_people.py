"""Whom an application concerns, and what it is about beside a person, over all programmes of the catalogue."""

from __future__ import annotations

from typing import Any

import pytest

from config.programmes import programmes
from models.casework.case_people import matter_of, people_of
from models.casework.claims import claim_ids, exclusive_with
from tests.factories.people import id_number

SEVERAL_A_PERSON = {"training_subsidy"}


@pytest.mark.parametrize("token", sorted(programmes()))
def test_once_a_person_unless_it_is_about_something_else(token: str) -> None:
    programme = programmes()[token]
    for rules in programme.versions:
        answers = {name: f"x{number}" for number, name in enumerate(rules.form.properties)}
        assert (matter_of(programme, rules, answers) is not None) == (token in SEVERAL_A_PERSON)


def test_an_old_person_is_known_by_the_number_of_the_form() -> None:
    programme = programmes()["elder_home_admission"]
    rules, number = programme.versions[-1], id_number("19410506")
    answers: dict[str, Any] = {programme.people.subject: "刘奶奶", programme.people.identifies[0]: number}
    found = people_of(programme, rules, answers, None, "nobody")
    assert [(each.role, each.birth_date, each.id_number) for each in found] == [("subject", "1941-05-06", number)]


def test_what_one_file_excludes_the_other_excludes_too() -> None:
    for token, programme in programmes().items():
        for other in exclusive_with(programme):
            assert token in exclusive_with(programmes()[other])
            assert set(claim_ids(programme, ["n"])) & set(claim_ids(programmes()[other], ["n"]))
    assert not set(claim_ids(programmes()["childcare_place"], ["n"])) & set(
        claim_ids(programmes()["public_rental_housing"], ["n"])
    )
