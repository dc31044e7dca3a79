"""What a resident means: `understand(text)` gives the intent, how sure we are of it, and its slots."""

from bot.understanding.deciding import understand
from bot.understanding.meaning import Slots, Understanding

__all__ = ["Slots", "Understanding", "understand"]
