"""What the guard refuses: a status below 500 and a code that stays the same."""

from __future__ import annotations


class GuardFault(Exception):
    """A call that is not let in. The sentence for a person is `wechat.faults.<code>`."""

    def __init__(self, code: str, status: int) -> None:
        self.code = code
        self.status = status
        super().__init__(code)


def malformed(code: str) -> GuardFault:
    """What was sent cannot be read."""
    return GuardFault(code, 400)


def refused(code: str) -> GuardFault:
    """It can be read, but does not come from WeChat, or not now."""
    return GuardFault(code, 403)


def too_large() -> GuardFault:
    """More than any message of WeChat holds."""
    return GuardFault("body_too_large", 413)
