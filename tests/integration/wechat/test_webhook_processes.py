"""Four processes, three deliveries each of every message: one effect and one reply."""

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

import pytest

from models.kernel.database import database as connected
from tests.conftest import MORNING
from tests.factories.wechat import Caller, message_xml
from tests.factories.wechat_process import deliver

PROCESSES, DELIVERIES, MESSAGES = 4, 3, 8


@pytest.mark.slow
def test_four_processes_with_three_deliveries_each_have_one_effect_and_one_reply(database: str, caller: Caller) -> None:
    messages = [message_xml(Content=f"m{number}") for number in range(MESSAGES)]
    # Half of the deliveries repeat the very same query string, half are signed anew.
    same = [caller.call(xml, MORNING) for xml in messages]
    batches = [
        [call for n in range(MESSAGES) for call in (same[n], caller.call(messages[n], MORNING), same[n])]
        for _ in range(PROCESSES)
    ]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        replies = list(pool.map(deliver, repeat(database), repeat(MORNING), batches))
    for number in range(MESSAGES):
        heard = {batch[number * DELIVERIES + each] for batch in replies for each in range(DELIVERIES)}
        assert len(heard) == 1, heard
        assert heard.pop().startswith(f"m{number} by ")
    effects = Counter(effect["message"] for effect in connected()["effects"].find({}))
    assert sorted(effects.values()) == [1] * MESSAGES
