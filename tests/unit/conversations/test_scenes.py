"""Scenes fit what WeChat takes, are always the same, and tell nothing by themselves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from config.programmes import programmes
from models.conversations.scenes import ALLOWED, Way, scene_of, scenes_file, way_of
from models.kernel.ids import new_id

ABOUT = st.text(min_size=1, max_size=64)


@given(kind=st.sampled_from(sorted(scenes_file().kinds)), about=ABOUT)
def test_a_scene_is_one_that_wechat_takes_and_always_the_same(kind: str, about: str) -> None:
    scene = scene_of(kind, about)
    assert ALLOWED.fullmatch(scene), scene
    assert scene == scene_of(kind, about)
    assert len(about) < 8 or about.upper() not in scene


def test_two_things_have_two_scenes() -> None:
    things = [(kind, about) for kind in scenes_file().kinds for about in (new_id(), *programmes())]
    assert len({scene_of(*each) for each in things}) == len(things)


def test_a_scene_leads_to_the_screen_of_its_kind() -> None:
    assert way_of("facility", "A&b=c") == Way("pages/nearby/facility", {"id": "A&b=c"})
    assert way_of("township", "1791416") == Way("pages/nearby/index", {"township": "1791416"})
    assert way_of("programme", "childcare_place") == Way("pages/programmes/programme", {"token": "childcare_place"})
