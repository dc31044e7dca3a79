"""Four processes, three deliveries each of every message and press on the menu: one effect and one reply."""

import multiprocessing
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat

import pytest

from models.conversations.documents import Conversation
from models.conversations.inbound import InboundAnswer
from models.kernel.database import collection
from models.kernel.database import database as connected
from tests.conftest import MORNING
from tests.factories.wechat import Caller, message_xml
from tests.factories.wechat_process import deliver

PROCESSES, DELIVERIES, MESSAGES, PRESSES = 4, 3, 8, 4


@pytest.mark.slow
def test_four_processes_with_three_deliveries_each_have_one_effect_and_one_reply(database: str, caller: Caller) -> None:
    messages = [message_xml(Content=f"m{number}") for number in range(MESSAGES)]
    # A press has no claim: whoever is first writes the chat's state, and all say what was said first.
    messages += [
        message_xml("event", f"oPress{number}", Event="CLICK", EventKey=("nearby", "help")[number % 2])
        for number in range(PRESSES)
    ]
    # Half of the deliveries repeat the very same query string, half are signed anew.
    same = [caller.call(xml, MORNING) for xml in messages]
    batches = [
        [call for n in range(len(messages)) for call in (same[n], caller.call(messages[n], MORNING), same[n])]
        for _ in range(PROCESSES)
    ]
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([deliver.__module__])  # the product is imported once for all of them
    with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
        replies = list(pool.map(deliver, repeat(database), repeat(MORNING), batches))
    for number in range(len(messages)):
        heard = {batch[number * DELIVERIES + each] for batch in replies for each in range(DELIVERIES)}
        assert len(heard) == 1, heard
        assert number >= MESSAGES or heard.pop().startswith(f"m{number} by ")
    effects = Counter(effect["message"] for effect in connected()["effects"].find({}))
    assert sorted(effects.values()) == [1] * MESSAGES
    assert [chat["version"] for chat in collection(Conversation).find({})] == [1] * PRESSES
    assert collection(InboundAnswer).count_documents({}) == MESSAGES, "a press and its answer are one document"
