"""What became of a call to WeChat: one table from its error codes to what we do about them.

Source of the codes: WeChat, global return codes, and the pages of each interface.
"""

from __future__ import annotations

from dataclasses import dataclass

from config.loading import rule
from models.kernel.errors import Conflict, Forbidden, Unauthenticated, Unavailable

TOKEN_STALE = frozenset({40001, 40014, 42001})
BAD_CODE = frozenset({40029, 40163})
RISKY_USER = 40226
DAY_QUOTA, MINUTE_QUOTA = 45009, 45011
BUSY = -1
NO_SUCH_PAGE = 41030


@dataclass(frozen=True)
class Delivered:
    """WeChat took the message."""

    message_id: str = ""


@dataclass(frozen=True)
class Retryable:
    """It certainly was not sent; again after `after` seconds (None: the outbox's own pause)."""

    code: str
    after: float | None = None


@dataclass(frozen=True)
class QuotaExhausted:
    """No more calls for `after` seconds: everything of this kind waits."""

    code: int
    after: float


@dataclass(frozen=True)
class Final:
    """It will never be sent this way: outside the reply window, refused by the user, a bad value."""

    code: int


@dataclass(frozen=True)
class Uncertain:
    """The connection broke after the message left: it may or may not have been sent, and is not sent again."""

    reason: str


SendOutcome = Delivered | Retryable | QuotaExhausted | Final | Uncertain


class BadCode(Unauthenticated):
    """The login or phone code is wrong, used or expired (40029, 40163)."""

    default_code = "wechat_code_invalid"


class RiskyUser(Forbidden):
    """WeChat has blocked this user's sign-in as risky (40226)."""

    default_code = "wechat_user_risky"


class WechatUnavailable(Unavailable):
    """WeChat does not answer, or not now; `reason` is for the log."""

    default_code = "wechat_unavailable"

    def __init__(self, reason: str, retry_after: int = 5) -> None:
        super().__init__(retry_after=retry_after)
        self.reason = reason


class CodesUsedUp(WechatUnavailable):
    """No more codes of the mini-program in this minute (45009, getUnlimitedQRCode)."""

    default_code = "wechat_codes_used_up"

    def __init__(self) -> None:
        super().__init__("codes_used_up", rule("wechat.minute_quota_seconds"))


class PageUnpublished(Conflict):
    """The page is not in the mini-program that is published, or none is (41030)."""

    default_code = "mini_program_unpublished"


class WechatRefused(Unavailable):
    """WeChat answered with an error code that no wait will mend: our configuration or our call is wrong."""

    default_code = "wechat_unavailable"

    def __init__(self, errcode: int) -> None:
        super().__init__()
        self.errcode = errcode
        self.reason = str(errcode)

    def __str__(self) -> str:
        return f"WeChat refused the call with {self.errcode}"
