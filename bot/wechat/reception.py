"""From a message that was let in to the reply that goes back, always within WeChat's 5 s.

A bounded pool of threads does the work; the caller only waits, and never longer than the budget:

- what only talks (a press on the menu) needs no claim: it is answered first, then kept with its answer in one write;
- the answer takes too long: the record is marked late, with the message sealed in it, and only then the call gets
  `success`. The answer is pushed through the outbox when it is there; `recover` sees to messages whose worker died;
- the database does not take the message in time (it has stalled, or all threads are taken): the message is kept on this
  host's disk (`spool`), and only then the call gets `success`. It is worked on as a late one when the database can;
- not even that is possible: nothing happened, the call fails with 503 and WeChat calls again.

`answer(message, at)` may be called twice for one message after a crash: what it creates takes an id derived from
`message.id`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import structlog
from prometheus_client import Counter, Histogram

from bot.wechat.messages import UNSUBSCRIBE, Inbound
from bot.wechat.replies import NewsReply, Rendered, Reply, TextReply, placed, render, reread
from bot.wechat.spool import Spool, Spooled, SpoolFull
from config.loading import rule
from config.text import say
from models.conversations import credits, inbound
from models.conversations.inbound import Abandoned, Claim, Done, Replayed, Standing, StillInWork
from models.kernel.database import UNREACHABLE
from models.kernel.outbox import OutboxEntry, enqueue
from models.platform import Platform

Answer = Callable[[Inbound, datetime], Sequence[Reply]]
# Whether an answer changes nothing but the chat's own state, so that two workers may give it at once (`inbound.tell`).
OnlyTalks = Callable[[Inbound], bool]
CHANNEL = "wechat_custom"
# The names of the threads that work on messages begin so.
WORKERS = "wechat"
ACCEPTED, REFUSED = "accept", "reject"
STEPS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 4)
SECONDS = Histogram("yixiang_wechat_seconds", "Seconds of one step of the webhook", ("step",), buckets=STEPS)
OUTCOMES = Counter("yixiang_wechat_calls_total", "Calls of the webhook by what became of them", ("outcome",))
log = structlog.get_logger("wechat")


class Unanswered(Exception):
    """Nothing happened with the message: WeChat should call again."""


class _Ticket:
    """One call's work in the pool. Either the worker proceeds after its claim or the caller cancels, never both."""

    def __init__(self, deadline: float, talks: bool) -> None:
        self.deadline = deadline
        self.talks = talks
        self.result: Standing | Exception | None = None
        self.holding = False
        self.begun = False
        self._lock = threading.Lock()
        self._decided = ""
        self.claimed, self.done = threading.Event(), threading.Event()

    def proceed(self) -> bool:
        return self._decide("proceed", self.claimed)

    def cancel(self) -> bool:
        return self._decide("cancel", None)

    def begin(self) -> bool:
        """A worker takes it up; False where its call has gone."""
        with self._lock:
            self.begun = self._decided != "cancel"
            return self.begun

    def settle(self, result: Standing | Exception) -> None:
        self.result = result
        self.claimed.set()
        self.done.set()

    def _decide(self, way: str, event: threading.Event | None) -> bool:
        with self._lock:
            self._decided = self._decided or way
            if event is not None:
                event.set()
            return self._decided == way


class Reception:
    """One for each process. Its threads start with the first message, hence after any fork."""

    def __init__(self, platform: Platform, answer: Answer, only_talks: OnlyTalks = lambda message: False) -> None:
        self._platform = platform
        self._answer = answer
        self._only_talks = only_talks
        self._slots = threading.BoundedSemaphore(rule("wechat.workers") + rule("wechat.queue"))
        self._workers = ThreadPoolExecutor(rule("wechat.workers"), WORKERS)
        self._markers = ThreadPoolExecutor(2, "wechat-late")
        self._stalled = False
        self._spool = Spool(platform.settings.data_dir / "spool")
        self._draining = threading.Lock()
        self._looked = False
        self._closing = threading.Event()

    def receive(self, message: Inbound, nonce: str, plain: bool, started: float) -> Done | Replayed:
        """What the call gets; `started` is `time.monotonic()` at its arrival. Raises Unanswered.

        `plain`: it came unencrypted, so its nonce must be kept from bringing another message.
        """
        if not self._looked:  # what an earlier process of this host had to leave
            self._looked = True
            self._begin_draining()
        if self._spool.holds(message.id):
            self._begin_draining()
            return Done("")
        if not self._slots.acquire(blocking=False):
            return self._keep(message, nonce, plain, "busy")
        talks = not plain and self._is_young(message) and self._only_talks(message)
        ticket = _Ticket(started + rule("wechat.answer_budget_seconds"), talks)
        self._workers.submit(self._work, ticket, message, nonce, plain)
        patience = rule("wechat.stalled_claim_seconds" if self._stalled else "wechat.claim_seconds")
        if not ticket.claimed.wait(patience) and ticket.cancel():
            self._stalled = self._stalled or ticket.begun
            return self._keep(message, nonce, plain, "stalled" if ticket.begun else "busy")
        self._stalled = False
        ticket.done.wait(max(0.0, ticket.deadline - time.monotonic()))
        result = ticket.result
        if not ticket.done.is_set():  # what only talks has no claim to be marked: the disk takes it
            result = None if talks else self._mark_late(message, ticket.holding)
        if isinstance(result, Done | Replayed):
            return result
        return self._keep(message, nonce, plain, "unreachable")

    def close(self) -> None:
        """Begin nothing more with what waits on the disk; another process of this host goes on with it."""
        self._closing.set()
        with self._draining:
            return

    def recover(self, at: datetime) -> int:
        """Answer late messages whose worker died, and what this host had to keep; returns how many. A job calls it."""
        drained = self._drain()
        for count in range(rule("wechat.recover_batch")):
            taken = inbound.take_abandoned(at)
            if taken is None:
                return count + drained
            held, stored = taken
            self._settle(held, Inbound.restored(stored), at)
        return int(rule("wechat.recover_batch")) + drained

    def _keep(self, message: Inbound, nonce: str, plain: bool, reason: str) -> Done:
        """Keep the message on this host's disk and promise an answer. Raises Unanswered where the disk refuses too."""
        entry = Spooled(message.id, message.stored(), nonce, plain, self._platform.clock.now())
        try:
            self._spool.keep(entry)
        except (OSError, SpoolFull) as fault:
            log.error("wechat_not_kept", reason=reason, error=type(fault).__name__)
            raise Unanswered(reason) from None
        OUTCOMES.labels(f"kept_{reason}").inc()
        self._begin_draining()
        return Done("")

    def _begin_draining(self) -> None:
        """One thread works off what waits on the disk, and ends when nothing does."""
        if self._spool.count() and not self._draining.locked():
            threading.Thread(target=self._drain_all, name="wechat-spool", daemon=True).start()

    def _drain_all(self) -> None:
        while self._spool.count() and not self._closing.is_set():
            try:
                done = self._drain()
            except UNREACHABLE:
                done = 0
            if not done:
                self._closing.wait(rule("wechat.spool_pause_seconds"))

    def _drain(self) -> int:
        """Work on what waits on the disk, in the order in which it came; returns how many are done with."""
        if not self._draining.acquire(blocking=False):
            return 0
        try:
            return sum(self._admitted(entry) for entry in self._spool.waiting() if not self._closing.is_set())
        finally:
            self._draining.release()

    def _admitted(self, entry: Spooled) -> bool:
        try:
            return self._admit(entry)
        except UNREACHABLE:
            raise
        except Exception as fault:  # a fault of ours: the others must not wait for it for ever
            log.error("wechat_drain_failed", error=type(fault).__name__, where=_where(fault))
            self._spool.put_aside(entry.id)
            return False

    def _admit(self, entry: Spooled) -> bool:
        """Have one kept message answered as a late one; False while another worker has it."""
        now, message = self._platform.clock.now(), Inbound.restored(entry.message)
        standing = inbound.claim(
            message.id, entry.nonce, message.openid, message.opens_window, now, plain=entry.plain, since=entry.at
        )
        if isinstance(standing, Replayed):
            standing = inbound.standing(message.id, now)
        if isinstance(standing, Claim):
            inbound.mark_late(message.id, entry.message, True, now)
            self._spool.drop(message.id)  # the database has the message and the promise
            self._settle(standing, message, now)
            return True
        if not isinstance(standing, Done):
            return False
        if standing.reply and not inbound.is_late(message.id):
            # Answered after all, by a worker whose call had been told `success`: nobody has seen the answer yet.
            self._push_again(message, standing.reply, now)
        self._spool.drop(message.id)
        return True

    def _push_again(self, message: Inbound, xml: str, at: datetime) -> None:
        said = reread(xml)
        for entry in _entries(message, placed([said])) if said is not None else ():
            enqueue(entry, at)

    def _work(self, ticket: _Ticket, message: Inbound, nonce: str, plain: bool) -> None:
        try:
            if not ticket.begin():
                return  # its call has given up waiting: the message lies on the disk
            ticket.settle(self._stand(ticket, message, nonce, plain))
        except Exception as fault:  # handed to the caller, who answers 503; a bug in here is logged below
            if not isinstance(fault, UNREACHABLE):
                log.error("wechat_work_failed", error=type(fault).__name__)
            ticket.settle(fault)
        finally:
            self._slots.release()

    def _stand(self, ticket: _Ticket, message: Inbound, nonce: str, plain: bool) -> Standing:
        standing = self._talk(ticket, message, nonce) if ticket.talks else self._claim(message, nonce, plain)
        if not ticket.proceed():
            if isinstance(standing, Claim):
                inbound.abandon(standing)
            return standing
        while not isinstance(standing, Claim):
            if not isinstance(standing, StillInWork | Abandoned) or time.monotonic() > ticket.deadline:
                return standing
            if isinstance(standing, Abandoned):
                standing = self._claim(message, nonce, plain)
            else:
                time.sleep(rule("wechat.poll_seconds"))
                standing = inbound.standing(message.id, self._platform.clock.now())
        ticket.holding = True
        return self._settle(standing, message, self._platform.clock.now())

    def _talk(self, ticket: _Ticket, message: Inbound, nonce: str) -> Standing:
        """Answer first, then keep message and answer in one write; nothing is kept where the call has gone."""
        at = self._platform.clock.now()
        with SECONDS.labels("answer").time():
            replies = self._replies(message, at)
        if not ticket.proceed():
            return StillInWork()
        with SECONDS.labels("finish").time():
            rendered, _, further = _rendered(message, replies, at)
            return inbound.tell(
                message.id, nonce, message.openid, message.opens_window, rendered.xml, at, rest=rendered.rest,
                further=further,
            )  # fmt: skip

    def _is_young(self, message: Inbound) -> bool:
        age = (self._platform.clock.now() - message.created_at).total_seconds()
        return bool(abs(age) <= rule("wechat.talk_seconds"))

    def _claim(self, message: Inbound, nonce: str, plain: bool) -> Standing:
        with SECONDS.labels("claim").time():
            return inbound.claim(
                message.id, nonce, message.openid, message.opens_window, self._platform.clock.now(), plain=plain
            )

    def _settle(self, held: Claim, message: Inbound, at: datetime) -> Done:
        """Have the message answered and keep the answer; where the database is lost meanwhile, let go of it."""
        try:
            with SECONDS.labels("answer").time():
                replies = self._replies(message, at)
                if message.event == UNSUBSCRIBE:
                    inbound.erase_follower(message.openid, at)
                    credits.erase(message.openid)
            with SECONDS.labels("finish").time():
                return self._finish(held, message, replies, self._platform.clock.now())
        except UNREACHABLE:
            inbound.abandon(held)
            raise

    def _finish(self, held: Claim, message: Inbound, replies: Sequence[Reply], at: datetime) -> Done:
        rendered, pushed, further = _rendered(message, replies, at)
        return inbound.finish(held, rendered.xml, at, rest=rendered.rest, further=further, instead=pushed)

    def _replies(self, message: Inbound, at: datetime) -> Sequence[Reply]:
        _note_subscriptions(message, at)
        if message.kind == "text" and message.content.strip() == say("wechat.more_word"):
            rest = inbound.unfinished_text(message.openid, message.id, at)
            if rest:
                return [TextReply(rest)]
        try:
            return self._answer(message, at)
        except UNREACHABLE:
            raise
        except Exception as fault:
            # A dialogue's bug: the follower is told, and a repeat gets the same. The text may hold personal data.
            log.error("wechat_answer_failed", error=type(fault).__name__, where=_where(fault), kind=message.kind)
            OUTCOMES.labels("answer_failed").inc()
            return [TextReply(say("wechat.trouble"))]

    def _mark_late(self, message: Inbound, working: bool) -> Standing | Exception:
        now = self._platform.clock.now()
        marking = self._markers.submit(inbound.mark_late, message.id, message.stored(), working, now)
        try:
            return marking.result(rule("wechat.late_mark_seconds"))
        except Exception as fault:
            # Not promised, so not acknowledged: WeChat calls again and finds what has been done by then.
            log.warning("wechat_late_unmarked", error=type(fault).__name__)
            return fault


def _rendered(
    message: Inbound, replies: Sequence[Reply], at: datetime
) -> tuple[Rendered, list[OutboxEntry], list[OutboxEntry]]:  # fmt: skip
    """The answer to the call; all that is pushed where the call had to go; what is pushed after its answer."""
    rendered = render(replies, message, at)
    pushed = placed(replies) if message.takes_reply else []
    further = [(place, reply) for place, reply in pushed if int(place.partition(".")[0]) >= rendered.told]
    return rendered, _entries(message, pushed), _entries(message, further)


def _note_subscriptions(message: Inbound, at: datetime) -> None:
    """Keep the ledger of one-time subscriptions: a grant for each consent, nothing left after a refusal."""
    for number, entry in enumerate(message.entries):
        if entry.status == ACCEPTED:
            credits.grant(message.openid, entry.template_id, f"{message.id}:{number}", at)
        elif entry.status == REFUSED and message.event == "subscribe_msg_change_event":
            credits.revoke(message.openid, entry.template_id, at)


def _entries(message: Inbound, replies: Sequence[tuple[str, TextReply | NewsReply]]) -> list[OutboxEntry]:
    follower = inbound.follower_index(message.openid)
    return [
        OutboxEntry(
            key=f"{message.id}:{place}", channel=CHANNEL, payload={"openid": message.openid, **_content(reply)},
            subject_id=follower, order_key=f"follower {follower}",
        )
        for place, reply in replies
    ]  # fmt: skip


def _content(reply: TextReply | NewsReply) -> dict[str, object]:
    if isinstance(reply, TextReply):
        return {"text": reply.text}
    return {
        "article": {
            "title": reply.title, "description": reply.description, "url": reply.url, "picurl": reply.picture_url,
        }
    }  # fmt: skip


def _where(fault: BaseException) -> str:
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else ""
