"""Why a take is not right, at one key each. The first three are the models' own known limits (Runway's
research page on Gen-4.5 names causal order, object permanence and success bias)."""

from typing import NamedTuple


class Reason(NamedTuple):
    key: str
    label: str
    short: str  # as the chip says it
    press: str  # the key that chooses it


REASONS = (
    Reason("cause", "effect before cause", "effect before cause", "1"),
    Reason("vanished", "object vanished", "object vanished", "2"),
    Reason("easy", "too-easy success", "too easy", "3"),
    Reason("identity", "identity drift", "identity", "4"),
    Reason("hands", "hands", "hands", "5"),
    Reason("camera", "camera ignored", "camera", "6"),
    Reason("text", "text", "text", "7"),
    Reason("style", "style drift", "style", "8"),
    Reason("morphing", "morphing", "morphing", "9"),
    Reason("prompt", "prompt ignored", "prompt", "0"),
    Reason("performance", "performance", "performance", "p"),
    Reason("continuity", "continuity", "continuity", "c"),
    Reason("brief", "brief changed", "brief", "b"),
)
LABELS = {reason.key: reason.label for reason in REASONS}


def known(keys):
    """Those of these that are reasons, each once, in our order."""
    wanted = set(keys)
    return [reason.key for reason in REASONS if reason.key in wanted]


def said(keys):
    """Reasons as words: "hands, text"."""
    return ", ".join(LABELS[key] for key in keys if key in LABELS)
