"""The consent texts are whole, and records count only for the version in force."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.loading import CatalogueFault, load_yaml
from models.kernel.errors import Conflict, Forbidden, InvalidInput
from models.people import consents

AT = datetime(2026, 11, 23, tzinfo=UTC)
LAW = "个人信息保护法"


def said(purpose: str, version: int, state: str, child_id: str | None = None) -> dict[str, object]:
    return consents.made(purpose, version, state, AT, channel="mini_program", child_id=child_id)


def test_every_text_names_its_articles() -> None:
    for purpose in consents.consent_purposes().values():
        for text in purpose.versions:
            assert all(LAW in each or "未成年人" in each or "儿童" in each for each in text.articles)
            assert "撤回" in text.text or "关闭" in text.text, "how to withdraw (article 15)"


def test_consent_for_children_rests_on_article_31() -> None:
    child = consents.consent_purposes()[consents.CHILD].current
    assert child.separate
    assert child.sensitive
    assert f"{LAW}第三十一条" in child.articles


def test_only_the_last_word_counts() -> None:
    records = [said("identity", 1, "given")]
    assert consents.holds(records, "identity")
    assert not consents.holds(records, "phone")
    records.append(said("identity", 1, "withdrawn"))
    assert not consents.holds(records, "identity")
    with pytest.raises(Forbidden) as missing:
        consents.demand(records, "identity")
    assert (missing.value.code, missing.value.details) == ("consent_missing", {"purpose": "identity", "version": 1})


def test_consent_to_an_earlier_version_does_not_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consents, "current_version", lambda purpose: 2)
    assert not consents.holds([said("identity", 1, "given")], "identity")
    with pytest.raises(Conflict, match="consent_outdated"):
        consents.check_version("identity", 1)
    with pytest.raises(InvalidInput, match="consent_unknown_version"):
        consents.check_version("identity", 3)


def test_consent_for_one_child_is_not_for_another() -> None:
    records = [said("child", 1, "given", "A")]
    assert consents.holds(records, "child", "A")
    assert not consents.holds(records, "child", "B")
    assert not consents.holds(records, "child")


@pytest.mark.parametrize("versions", [[2], [1, 1], [1, 3]])
def test_a_file_that_skips_a_version_stops_the_start(tmp_path: Path, versions: list[int]) -> None:
    text = (
        "{{version: {}, since: 2026-11-01, title: t, text: t, articles: [a], basis: consent, separate: true, "
        "sensitive: true, reviewed: null}}"
    )
    file = tmp_path / "consents.yaml"
    listed = ", ".join(text.format(each) for each in versions)
    file.write_text(f"purpose: identity\nrequired_for: x\nversions: [{listed}]\n", encoding="utf-8")
    with pytest.raises(CatalogueFault, match=r"consents\.yaml:\d+"):
        load_yaml(file, consents.ConsentPurpose)
