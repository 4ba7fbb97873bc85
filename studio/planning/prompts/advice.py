"""How to write a prompt: a short guide, and sentences about one that is being written. Nothing here forbids anything."""

from __future__ import annotations

import re

from studio.planning.prompts import variables

MOST = 4  # pieces of advice at once

GUIDE = (
    (
        "Say exactly what happens",
        "One subject, one action, in the order it happens: “she lifts the lid, steam rises”.",
    ),
    ("Give it several things", "Subject, place, light and camera: what is not said is made up."),
    ("Let things have weight", "Cloth drags, water runs down, a door takes a push. Say it and it moves so."),
    ("Say what a face does", "“Her jaw tightens, then she looks away” is played; “she is sad” is not."),
    (
        "Write {dawn|dusk} for both",
        "Each choice becomes a line of a plan, with its price before anything is made. \\{ and \\} are braces as they stand.",
    ),
)

_CLAUSES = re.compile(r"[.,;:!?\n]+")
_NOT_MOVING = "morning evening ceiling building lighting painting clothing nothing something everything anything wedding"
_MOTION = re.compile(
    r"\b(?!(?:" + "|".join(_NOT_MOVING.split()) + r")\b)(?:\w{2,}ing|"
    r"(?:move|turn|walk|run|fall|rise|fly|drift|spin|lift|push|pull|pan|tilt|track|zoom|orbit|circle|dolly|"
    r"sway|shake|blow|pour|drop|jump|climb|look|reach|raise|lower|swing|slide|roll|break|burn|flicker|fade|enter|leave|"
    r"step|throw|catch|grow|melt|float|sink|dance|nod|smile|blink|breathe|drive|ride|sail|swim|crash|explode|"
    r"sweep|streak|ripple|hold|stay|follow|pass|cross|grip|flow|glide|drag|hit|shatter|spill|ignite|wave|gallop|stir|"
    r"approach|appear|tremble|tighten|stretch|bend|gather|scatter|settle|begin|start|stop)(?:s|es|ed)?|"
    r"opens|closes|motion|movement|handheld|time-lapse|slowly|quickly|gently|suddenly)\b",
    re.IGNORECASE,
)
_NEGATION = re.compile(
    r"\b(?:no|not|without|never|avoid|none|don['’]t|doesn['’]t|isn['’]t|aren['’]t)\b(?:\s+[\w’'-]+){0,2}",
    re.I,
)
_CUT = re.compile(
    r"\b(?:cuts? (?:to|back)|smash cut|next (?:shot|scene)|(?:shot|scene) (?:two|2)|meanwhile|montage)\b",
    re.I,
)
_CHAT = re.compile(
    r"\b(?:please(?: \w+)?|(?:can|could|would) you|i(?:['’]d| would)? (?:want|like|need)|let['’]s|"
    r"(?:make|give|show) me|(?:make|create|generate) (?:a|an|the) (?:video|clip|picture|image|shot|scene))\b",
    re.I,
)
_EFFECT_FIRST = re.compile(r"\b(?:after|because|once|caused by|as a result of)\b", re.I)
_HIDDEN = re.compile(
    r"\b(?:behind|disappears?|reappears?|out of sight|in front of|hides?|hidden|covers?)\b", re.I
)
_EASY = re.compile(
    r"\b(?:tr(?:y|ies|ying)|attempts?|struggl\w+|fails?|failing|miss(?:es)?|almost|nearly|barely)\b", re.I
)


def of(prompt: str, *, still: bool, first_frame: bool, seconds: int | None) -> list[str]:
    """Sentences about this prompt, the weightiest first; none where it needs none.

    Args:
        still: a picture is made, no clip.
        first_frame: it begins with a picture, so that the words are for what moves.
        seconds: of the clip.
    """
    text = variables.words_in(prompt).strip()
    if not text:
        return []
    found = [_chat(text), _cuts(text, still), _negation(text)]
    if not still:
        found += [_standing(text) if first_frame else "", _too_long(text, seconds), *_weaknesses(text)]
    return [sentence for sentence in found if sentence][:MOST]


def _chat(text: str) -> str:
    found = _CHAT.search(text)
    return f"“{found[0]}” speaks to somebody. Write what is to be seen instead." if found else ""


def _cuts(text: str, still: bool) -> str:
    found = _CUT.search(text)
    if not found:
        return ""
    one = "A still is one moment" if still else "A take is one shot"
    return f"“{found[0]}”: {one.lower()}. Give the next one a line of its own on the shot list."


def _negation(text: str) -> str:
    found = _NEGATION.search(text)
    return f"“{found[0]}”: what is named tends to appear. Say what is there instead." if found else ""


def _standing(text: str) -> str:
    """With a first frame: which words describe something that stands still, as a picture would. It was not looked at."""
    standing = [each for each in _clauses(text) if not (_MOTION.search(each) or _CUT.search(each))]
    if not standing:
        return ""
    named = " and ".join(f"“{_short(clause)}”" for clause in standing[:2])
    return f"{named}: if the first frame shows it already, describe what moves instead, and how the camera moves."


def _too_long(text: str, seconds: int | None) -> str:
    if not seconds:
        return ""
    actions = sum(bool(_MOTION.search(clause)) for clause in _clauses(text))
    if actions <= seconds // 2 + 2 and len(text.split()) <= 24 * seconds:
        return ""
    return f"That is much for {seconds} s: about one action every two seconds can be seen. Cut some, or take more seconds."


def _weaknesses(text: str) -> list[str]:
    """What the models are known to get wrong, where these words ask for it."""
    effect, hidden, easy = (pattern.search(text) for pattern in (_EFFECT_FIRST, _HIDDEN, _EASY))
    return [
        f"“{effect[0]}”: effects may come before their causes. Write the cause first, in the order of time."
        if effect
        else "",
        f"“{hidden[0]}”: what goes out of sight may be gone for good. Say that it is there again, or keep it in view."
        if hidden
        else "",
        f"“{easy[0]}”: actions succeed too easily. Say what resists and how it ends." if easy else "",
    ]


def _clauses(text: str) -> list[str]:
    return [clause.strip() for clause in _CLAUSES.split(text) if len(clause.split()) > 1]


def _short(clause: str) -> str:
    words = clause.split()
    return clause if len(words) <= 5 else " ".join(words[:5]) + " …"
