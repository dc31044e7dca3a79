"""Each message has its effect once and one reply, whoever repeats it, in whatever way."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from defusedxml.ElementTree import fromstring
from flask import Flask
from flask.testing import FlaskClient
from pymongo.errors import AutoReconnect
from werkzeug.test import TestResponse

from bot.webhook import webhook_blueprint
from bot.wechat.messages import read
from bot.wechat.reception import Reception
from bot.wechat.replies import NewsReply, TextReply
from config.settings import Settings
from config.text import say
from models.conversations import credits, inbound
from models.conversations.inbound import Claim, Done, InboundAnswer, InboundMessage, StillInWork, follower_index
from models.kernel.clock import FixedClock
from models.kernel.database import collection
from models.kernel.outbox import OutboxMessage, relay
from models.platform import Platform
from tests.conftest import MORNING
from tests.factories.wechat import OPENID, Caller, Posted, message_xml, text_of
from tests.integration.wechat.conftest import Dialogue
from tests.running import wait_until

Post = Callable[[Posted], TestResponse]


def test_a_message_is_answered(post: Post, caller: Caller, dialogue: Dialogue) -> None:
    answer = post(caller.call(message_xml(Content="你好"), MORNING))
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/xml")
    assert text_of(caller.opened(answer.text)) == "echo 你好"
    assert [message.content for message in dialogue.asked] == ["你好"]


def test_the_previous_key_still_works_and_is_answered_in_kind(post: Post, caller: Caller) -> None:
    answer = post(caller.call(message_xml(Content="a"), MORNING, key=1))
    assert text_of(caller.opened(answer.text, key=1)) == "echo a"


def test_the_handshake(webhook: FlaskClient, caller: Caller) -> None:
    query = {**caller.plain("", MORNING).query, "echostr": "123456"}
    assert webhook.get("/wechat", query_string=query).text == "123456"
    forged = webhook.get("/wechat", query_string={**query, "signature": "0" * 40})
    assert (forged.status_code, forged.json["code"]) == (403, "signature_invalid")
    assert forged.json["detail"] == say("wechat.faults.signature_invalid")


def test_a_retry_with_the_same_or_a_new_query_string_gets_the_same_reply(
    post: Post, caller: Caller, dialogue: Dialogue, clock: FixedClock
) -> None:
    dialogue.say = lambda message: [TextReply(f"answer {len(dialogue.asked)}")]
    xml = message_xml(Content="a")
    first = caller.call(xml, MORNING)
    answers = [post(first)]
    clock.advance(seconds=5)
    answers += [post(first), post(caller.call(xml, clock.now()))]
    plain = {text_of(caller.opened(answer.text)) for answer in answers}
    assert plain == {"answer 1"}
    created = {caller.opened(answer.text).findtext("CreateTime") for answer in answers}
    assert len(created) == 1
    assert len(dialogue.asked) == 1


def test_a_replay_after_the_retries_is_refused_and_has_no_effect(
    post: Post, caller: Caller, dialogue: Dialogue, clock: FixedClock
) -> None:
    xml = message_xml(Content="a")
    first, again = caller.call(xml, MORNING), caller.call(xml, MORNING)
    post(first)
    post(again)
    clock.advance(seconds=31)
    for replay in (first, again):
        refused = post(replay)
        assert (refused.status_code, refused.json["code"]) == (403, "nonce_replayed")
    clock.advance(seconds=300)
    assert post(first).json["code"] == "stale"
    assert len(dialogue.asked) == 1


def test_a_captured_plain_query_string_cannot_carry_another_message(
    wechat_config: Settings, clock: FixedClock, dialogue: Dialogue
) -> None:
    """Plain mode's signature does not cover the body: the nonce does, across all processes."""
    relaxed = Settings(**{**wechat_config.model_dump(), "wechat_official_mode": "plain"})
    app = Flask("plain")
    app.register_blueprint(webhook_blueprint(Platform(relaxed, clock), dialogue))
    client, caller = app.test_client(), Caller(relaxed)
    first = caller.plain(message_xml(Content="a", MsgId=1), MORNING)
    other = caller.plain(message_xml(Content="b", MsgId=2), MORNING)

    def post_plain(posted: Posted) -> TestResponse:
        return client.post("/wechat", query_string=posted.query, data=posted.body)

    answers = [post_plain(first), post_plain(first), post_plain(Posted(first.query, other.body))]
    assert [answer.status_code for answer in answers] == [200, 200, 403]
    assert text_of(fromstring(answers[1].text)) == "echo a"
    assert answers[2].json["code"] == "nonce_replayed"
    assert post_plain(other).status_code == 200
    assert [message.content for message in dialogue.asked] == ["a", "b"]


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"Event": "CLICK", "EventKey": "nearby"}, 1),
        ({"Event": "subscribe", "EventKey": "qrscene_1"}, 1),
        ({"Event": "LOCATION", "Latitude": "27.8", "Longitude": "114.4", "Precision": "1"}, 1),
    ],
)
def test_events_are_deduplicated_without_a_message_id(
    post: Post, caller: Caller, dialogue: Dialogue, fields: dict[str, str], asked: int
) -> None:
    xml = message_xml("event", **fields)
    answers = {post(caller.call(xml, MORNING)).status_code for _ in range(3)}
    assert answers == {200}
    assert len(dialogue.asked) == asked


def test_a_press_that_only_talks_is_kept_with_its_answer_in_one_write(
    platform: Platform, caller: Caller, dialogue: Dialogue, clock: FixedClock
) -> None:
    app = Flask("talks")
    app.register_blueprint(webhook_blueprint(platform, Reception(platform, dialogue, lambda message: True)))
    whole = "长" * 1000
    dialogue.say = lambda message: [TextReply(f"{len(dialogue.asked)}{whole}"), NewsReply("卡片")]
    press = caller.call(message_xml("event", Event="CLICK", EventKey="k"), MORNING)

    def ask(posted: Posted) -> TestResponse:
        return app.test_client().post("/wechat", query_string=posted.query, data=posted.body)

    first = text_of(caller.opened(ask(press).text))
    assert first.startswith("1长") and collection(InboundAnswer).count_documents({}) == 0
    clock.advance(seconds=5)  # WeChat's retry: no longer young, it learns what was told
    assert text_of(caller.opened(ask(press).text)) == first and len(dialogue.asked) == 1
    assert isinstance(inbound.standing(_only_record()["_id"], clock.now() + timedelta(hours=1)), Done)
    assert collection(OutboxMessage).count_documents({}) == 1, "what does not fit one reply is pushed, once"
    more = ask(caller.call(message_xml(Content=say("wechat.more_word")), clock.now()))
    hint = say("wechat.more_hint", word=say("wechat.more_word"))
    assert first.removesuffix(hint) + text_of(caller.opened(more.text)) == f"1{whole}"
    clock.advance(seconds=31)
    assert ask(press).json["code"] == "nonce_replayed"
    inbound.erase_follower(OPENID, clock.now())
    assert not {"reply", "rest"} & set(_only_record())


def test_a_press_that_finds_no_database_is_answered_late_and_once(
    platform: Platform, caller: Caller, dialogue: Dialogue
) -> None:
    door = Reception(platform, dialogue, lambda message: True)
    app = Flask("talks")
    app.register_blueprint(webhook_blueprint(platform, door))

    def lost(message: object) -> list[TextReply]:
        raise AutoReconnect("gone")

    dialogue.say, back = lost, dialogue.say
    press = caller.call(message_xml("event", Event="CLICK", EventKey="k"), MORNING)
    for _ in range(2):
        answer = app.test_client().post("/wechat", query_string=press.query, data=press.body)
        assert answer.text == "success"
        dialogue.say = back
    wait_until(lambda: collection(OutboxMessage).count_documents({}) == 1, "the late answer")
    door.close()


def _only_record() -> dict[str, object]:
    """The record of the one press."""
    (found,) = collection(InboundMessage).find({"window": "event"})
    return dict(found)


def test_an_event_that_takes_no_reply_gets_success(post: Post, caller: Caller) -> None:
    xml = message_xml("event", Event="LOCATION", Latitude="27.8", Longitude="114.4", Precision="1")
    answer = post(caller.call(xml, MORNING))
    assert (answer.text, answer.content_type) == ("success", "text/plain; charset=utf-8")


def test_a_repeat_waits_for_the_first_and_gets_its_reply(
    webhook: FlaskClient, post: Post, caller: Caller, dialogue: Dialogue
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slowly(message: object) -> list[TextReply]:
        begun.set()
        go_on.wait(3)
        return [TextReply(f"answer {len(dialogue.asked)}")]

    dialogue.say = slowly
    xml = message_xml(Content="a")
    answers: list[TestResponse] = []
    calls = [caller.call(xml, MORNING) for _ in range(4)]

    def ask(posted: Posted) -> None:
        query, form = posted.query, posted.content_type
        answers.append(
            webhook.application.test_client().post("/wechat", query_string=query, data=posted.body, content_type=form)
        )

    threads = [threading.Thread(target=ask, args=(call,)) for call in calls]
    threads[0].start()
    assert begun.wait(3)
    for thread in threads[1:]:
        thread.start()
    time.sleep(0.2)
    assert answers == []
    go_on.set()
    for thread in threads:
        thread.join()
    assert {text_of(caller.opened(answer.text)) for answer in answers} == {"answer 1"}
    assert len(answers) == 4
    assert len(dialogue.asked) == 1


def test_a_repeat_takes_over_from_a_worker_that_vanished(
    post: Post, caller: Caller, dialogue: Dialogue, clock: FixedClock
) -> None:
    xml = message_xml(Content="a", MsgId=77)
    vanished = inbound.claim(read(xml, "xml", caller.appid).id, "n", OPENID, "message", MORNING)
    assert isinstance(vanished, Claim)
    assert isinstance(inbound.standing(vanished.id, MORNING), StillInWork)
    clock.advance(seconds=7)
    assert text_of(caller.opened(post(caller.call(xml, clock.now())).text)) == "echo a"
    # The first one wakes up: the answer that was kept stays the answer.
    assert "echo a" in inbound.finish(vanished, "<xml>late</xml>", clock.now()).reply
    assert "echo a" in text_of(caller.opened(post(caller.call(xml, clock.now())).text))
    assert len(dialogue.asked) == 1


def test_a_repeat_that_waits_for_a_worker_which_lets_go_is_answered_itself(
    webhook: FlaskClient, caller: Caller, dialogue: Dialogue, clock: FixedClock
) -> None:
    message = read(message_xml(Content="a", MsgId=78), "xml", caller.appid)
    first = inbound.claim(message.id, "n", OPENID, "message", MORNING)
    assert isinstance(first, Claim)
    threading.Timer(0.3, inbound.abandon, [first]).start()
    posted = caller.call(message_xml(Content="a", MsgId=78), MORNING)
    answer = webhook.post("/wechat", query_string=posted.query, data=posted.body)
    assert text_of(caller.opened(answer.text)) == "echo a"
    assert len(dialogue.asked) == 1


def test_replies_are_stored_encrypted_and_the_follower_unnamed(post: Post, caller: Caller) -> None:
    post(caller.call(message_xml(Content="秘密"), MORNING))
    claimed, answered = collection(InboundMessage).find_one({}), collection(InboundAnswer).find_one({})
    assert claimed is not None and answered is not None
    assert OPENID not in repr(claimed) + repr(answered)
    assert "秘密".encode() not in answered["reply"]
    assert claimed["openid_index"] == follower_index(OPENID)
    assert follower_index("oABC") != follower_index("oabc")


def test_a_long_answer_is_continued_on_request(
    post: Post, caller: Caller, dialogue: Dialogue, clock: FixedClock
) -> None:
    whole = "".join(f"第{number}行\n" for number in range(500))
    dialogue.say = lambda message: [TextReply(whole)]
    hint = say("wechat.more_hint", word=say("wechat.more_word"))

    def ask(text: str) -> str:
        return text_of(caller.opened(post(caller.call(message_xml(Content=text), clock.advance(seconds=1))).text))

    parts = [ask("全部")]
    while parts[-1].endswith(hint):
        parts.append(ask(say("wechat.more_word")))
    assert "".join(part.removesuffix(hint) for part in parts) == whole
    assert all(len(part.encode()) <= 2048 for part in parts)
    assert len(dialogue.asked) == 1
    # With nothing left the word is the dialogue's again.
    ask(say("wechat.more_word"))
    assert len(dialogue.asked) == 2


def test_what_does_not_fit_one_reply_is_pushed_once(
    post: Post, caller: Caller, dialogue: Dialogue, clock: FixedClock
) -> None:
    dialogue.say = lambda message: [TextReply("先看"), NewsReply("卡片", "说明", "https://example.org")]
    xml = message_xml(Content="a")
    for _ in range(3):
        post(caller.call(xml, MORNING))
        relay(clock.now())
    messages = list(collection(OutboxMessage).find({}))
    assert [message["channel"] for message in messages] == ["wechat_custom"]
    payload = OutboxMessage.open_payload(messages[0])
    assert payload["openid"] == OPENID
    assert payload["article"]["title"] == "卡片"


def test_a_dialogue_that_fails_is_told_to_the_follower_once(post: Post, caller: Caller, dialogue: Dialogue) -> None:
    def broken(message: object) -> list[TextReply]:
        raise KeyError("bug")

    dialogue.say = broken
    xml = message_xml(Content="a")
    answers = [text_of(caller.opened(post(caller.call(xml, MORNING)).text)) for _ in range(2)]
    assert answers == [say("wechat.trouble")] * 2
    assert len(dialogue.asked) == 1


def test_a_database_lost_on_the_way_leaves_the_message_to_a_late_answer(
    post: Post, caller: Caller, dialogue: Dialogue, database: str
) -> None:
    def lost(message: object) -> list[TextReply]:
        raise AutoReconnect("gone")

    dialogue.say, back = lost, dialogue.say
    posted = caller.call(message_xml(Content="a"), MORNING)
    assert post(posted).text == "success"
    dialogue.say = back
    wait_until(lambda: collection(OutboxMessage).count_documents({}) == 1, "the late answer", 10)
    (pushed,) = collection(OutboxMessage).find({})
    assert OutboxMessage.open_payload(pushed)["text"] == "echo a"
    assert post(posted).text == "success", "and a repeat gets the same"


def test_unsubscribing_erases_what_was_kept(post: Post, caller: Caller, dialogue: Dialogue, clock: FixedClock) -> None:
    dialogue.say = lambda message: [TextReply("x" * 3000), NewsReply("卡片")] if message.kind == "text" else []
    post(caller.call(message_xml(Content="a"), MORNING))
    relay(clock.now())
    credits.grant(OPENID, "t", "key", MORNING)
    assert collection(OutboxMessage).count_documents({}) == 1
    assert post(caller.call(message_xml("event", Event="unsubscribe"), MORNING)).text == "success"
    for stored in collection(InboundAnswer).find({}):
        assert not {"reply", "rest"} & set(stored)
    assert collection(OutboxMessage).count_documents({}) == 0
    assert credits.counts(OPENID) == {}
    assert inbound.reserve_quota(OPENID, clock.now()) is None


def test_subscription_events_fill_the_ledger_once(post: Post, caller: Caller) -> None:
    def event(name: str, listed: str) -> str:
        head = f'"ToUserName": "gh", "FromUserName": "{OPENID}", "CreateTime": "1795397400", "MsgType": "event"'
        return f'{{{head}, "Event": "{name}", "List": {listed}}}'

    accept = '{"TemplateId": "t1", "SubscribeStatusString": "accept", "PopupScene": "0"}'
    reject = '{"TemplateId": "t1", "SubscribeStatusString": "reject"}'
    popup = event("subscribe_msg_popup_event", f"[{accept}, {accept.replace('t1', 't2')}]")
    for _ in range(3):
        assert post(caller.call(popup, MORNING)).text == "success"
    assert credits.counts(OPENID) == {"t1": 1, "t2": 1}
    post(caller.call(event("subscribe_msg_change_event", reject), MORNING))
    assert credits.counts(OPENID) == {"t1": 0, "t2": 1}


def test_a_late_answer_is_pushed_and_repeats_get_success(
    platform: Platform, clock: FixedClock, caller: Caller, dialogue: Dialogue, post: Post
) -> None:
    held = inbound.claim("id", "nonce", OPENID, "message", MORNING)
    assert isinstance(held, Claim)
    assert inbound.mark_late("id", {}, True, MORNING) == Done("")
    assert inbound.standing("id", MORNING + timedelta(seconds=60)) == Done("")
    assert inbound.finish(held, "<xml/>", MORNING) == Done("")
    assert inbound.standing("id", MORNING) == Done("")
    assert inbound.take_abandoned(MORNING + timedelta(days=1)) is None
    assert "reply" not in collection(InboundAnswer).find_one({"_id": "id"})  # type: ignore[operator]


def test_an_answer_that_comes_before_the_promise_is_the_answer(database: str) -> None:
    held = inbound.claim("id", "nonce", OPENID, "message", MORNING)
    assert isinstance(held, Claim)
    assert inbound.finish(held, "<xml/>", MORNING) == Done("<xml/>")
    assert inbound.mark_late("id", {}, True, MORNING) == Done("<xml/>")
    assert inbound.take_abandoned(MORNING + timedelta(days=1)) is None


def test_old_records_are_purged_and_young_ones_stay(post: Post, caller: Caller, clock: FixedClock) -> None:
    for number in range(30):
        post(caller.call(message_xml(Content=str(number), openid=f"o{number}"), MORNING))
    clock.advance(hours=40)
    post(caller.call(message_xml(Content="young"), clock.now()))
    assert sum(inbound.purge(clock.now())) == 0
    assert sum(inbound.purge(clock.advance(hours=10))) == 30
    assert collection(InboundMessage).count_documents({}) == collection(InboundAnswer).count_documents({}) == 1


def test_a_late_message_whose_worker_died_is_answered_by_the_job(
    platform: Platform, clock: FixedClock, caller: Caller, dialogue: Dialogue
) -> None:
    message = read(message_xml(Content="a"), "xml", caller.appid)
    inbound.claim(message.id, "nonce", OPENID, "message", MORNING)
    inbound.mark_late(message.id, message.stored(), True, MORNING)
    reception = Reception(platform, dialogue)
    assert reception.recover(clock.now()) == 0
    clock.advance(seconds=121)
    assert reception.recover(clock.now()) == 1
    assert reception.recover(clock.now()) == 0
    relay(clock.now())
    pushed = [OutboxMessage.open_payload(each) for each in collection(OutboxMessage).find({})]
    assert pushed == [{"openid": OPENID, "text": "echo a"}]
    assert len(dialogue.asked) == 1
