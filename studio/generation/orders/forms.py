"""What the composer sends, turned into a wish that is kept as typed and an order that is legal."""

import json
import secrets

from django import forms

from studio.generation.orders import crop as cropping
from studio.generation.orders import orders, patterns
from studio.generation.orders.orders import Wish
from studio.integrations import catalogue
from studio.integrations.catalogue import Need, render_settings
from studio.integrations.catalogue.render_settings import FINISH, Choice, Number
from studio.planning.projects import framing
from studio.planning.projects.actions import nearest
from studio.planning.projects.models import LONGEST_PROMPT
from studio.planning.prompts import variables, vocabulary

_OF_PART = {
    "prompt": {"prompt"},
    "settings": {"model", "aspect", "seconds", "takes", "seed", "crop", "no_look"},
    "look": {"no_look"},
    "more": set(FINISH),
}


def fields_of(part, *, model_changed=False):
    """The columns a part of the composer writes; all of them for the whole form.

    Args:
        model_changed: the model is another now, and may have brought other settings with it.
    """
    known = _OF_PART.get(part)
    if known is None:
        return set().union(*_OF_PART.values())
    return known | set(FINISH) if model_changed else known


def too_long(prompt):
    """Why a prompt is not kept: nothing of it is, rather than a part."""
    return f"That is {len(prompt):,} characters; {LONGEST_PROMPT:,} are kept at most. It is not saved: shorten it."


def _prompt(sent, shot):
    """The prompt as typed, with what was pressed without scripts done to it.

    `braces`: its stray braces are words from now on; `word`: these words are put in, or taken out again.
    """
    typed = sent.get("prompt", shot.prompt).replace("\r\n", "\n")
    word = sent.get("word", "").strip()
    if word and len(word) <= vocabulary.LONGEST_WORDS:
        typed = vocabulary.toggled(typed, word)
    return variables.escaped(typed) if sent.get("braces") == "words" else typed


def _whole(text):
    """A whole number, or None for nothing and -1 for nonsense; -1 is legal nowhere."""
    text = (text or "").strip()
    if not text:
        return None
    whole = text.isascii() and text.isdigit() and len(text) < 19
    return int(text) if whole else -1


def shown(**choices):
    """What a part of the composer shows, as a field of it keeps it: see `ComposerForm`, touched_only."""
    return json.dumps({name: "" if value is None else str(value) for name, value in choices.items()})


def _touched(data):
    """What was sent without the choices that stand as they were drawn; a seed's two fields are one choice."""
    drawn = {**_read(data.get("shown_choices", "")), **_read(data.get("shown_more", ""))}
    same = {name for name, value in drawn.items() if name in data and data[name] == value}
    if not {"seed", "seed_mode"} & data.keys() <= same:
        same -= {"seed", "seed_mode"}
    return {name: data[name] for name in data if name not in same}


def _read(text):
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


class ComposerForm(forms.Form):
    """Every field of the composer. Being valid means: it may be sent as it stands.

    Args:
        shot: the shot it writes for; what the browser did not send is as the shot has it.
        touched_only: so is what stands on the page as it was drawn: somebody else may have chosen meanwhile.
    """

    prompt = forms.CharField(required=False, strip=False)
    model = forms.CharField(required=False)
    aspect = forms.CharField(required=False)
    seconds = forms.CharField(required=False)
    takes = forms.CharField(required=False)
    seed_mode = forms.CharField(required=False)
    seed = forms.CharField(required=False)
    crop = forms.CharField(required=False)  # never sent as one: what is wrong with its numbers
    references = forms.CharField(required=False)  # only for its sentence: they are given one by one

    def __init__(self, data, *, shot, touched_only=False):
        super().__init__(_touched(data) if touched_only else data)
        self.fields |= {name: forms.CharField(required=False) for name in FINISH}
        self.shot = shot
        self.order = None
        self.lines = 0  # prompts that its variables make
        self.crop_problem = ""

    def clean(self):
        cleaned = super().clean()
        wish = self.wish()
        self.lines = patterns.lines_of(wish)
        try:
            self.order = patterns.check(wish, self.shot.project)
        except orders.Problems as problems:
            for field, sentence in problems.fields.items():
                self.add_error(field if field in self.fields else None, sentence)
        if self.crop_problem:
            self.add_error("crop", self.crop_problem)
        if len(wish.prompt) > LONGEST_PROMPT:
            self.errors.pop("prompt", None)
            self.add_error("prompt", too_long(wish.prompt))
        return cleaned

    def wish(self):
        """What is typed now, as the shot will keep it."""
        return Wish(**self.draft(), first_frame=self.shot.first_frame, shot_id=self.shot.pk)

    def draft(self):
        """Columns of the shot, legal or not."""
        sent = {name: value.replace("\x00", "") for name, value in self.data.items()}
        shot = self.shot
        takes = _whole(sent.get("takes")) if "takes" in sent else shot.takes
        seconds = _whole(sent.get("seconds")) if "seconds" in sent else shot.seconds
        return {
            "prompt": _prompt(sent, shot),
            "model": sent.get("model", shot.model)[:40],
            "aspect": sent.get("aspect", shot.aspect)[:12],
            "seconds": seconds,
            "takes": 0 if takes is None else takes,
            "seed": self._seed(),
            "crop": self._crop(sent),
            "no_look": sent["look"] != "on" if "look" in sent else shot.no_look,
            **{name: self._finish(name, about, sent) for name, about in FINISH.items()},
        }

    def _finish(self, name, about, sent):
        """A setting as typed; as the shot has it where the browser did not send it."""
        if name not in sent:
            return getattr(self.shot, name)
        return _whole(sent[name]) if isinstance(about, Number) else sent[name][:8]

    def _crop(self, sent):
        """The crop as typed; None where it is the middle, or was emptied.

        It stays as it was where the fields are of another picture or shape, hold no numbers, or hold those
        that were shown: nothing was chosen then.
        """
        shot, names = self.shot, cropping.FIELDS
        frame, preset = shot.first_frame, shot.preset
        if frame is None or sent.get("crop_for") != preset.key or not all(name in sent for name in names):
            return shot.crop
        typed, size = [sent[name].strip() for name in names], (frame.width, frame.height)
        shown = framing.numbers(framing.of(*size, shot.crop, preset))
        if tuple(typed) == shown or sent.get("crop_of", str(frame.code)) != str(frame.code):
            return shot.crop
        if not any(typed):
            return None
        try:
            crop = framing.read(typed, preset, size=size)
        except ValueError as exc:
            self.crop_problem = str(exc)
            return shot.crop
        middle = framing.numbers(framing.centred(*size, preset))
        return None if framing.numbers(framing.of(*size, crop, preset)) == middle else crop

    def _seed(self):
        mode = self.data.get("seed_mode")
        if mode is None:
            return self.shot.seed
        if mode.startswith("take:"):
            return _whole(mode.removeprefix("take:"))
        if mode == "lock":
            seed = _whole(self.data.get("seed"))
            return seed if seed is not None else self._thrown()
        return None

    def _thrown(self):
        """The seed to lock when none was typed: the one there is, else a new one."""
        return secrets.randbelow(2**32) if self.shot.seed is None else self.shot.seed


def adapted(shot, draft):
    """A draft whose model has just changed, moved to what the new model can do.

    Returns the draft and, by field, what was changed and why.
    """
    try:
        model = catalogue.get(draft["model"])
    except catalogue.UnknownModel:
        return draft, {}
    notes = {}
    label = shot.preset.label
    if model.preset(draft["aspect"]) is None:
        preset = model.preset(label) or model.preset(shot.project.aspect) or model.presets[0]
        if preset.label != label:
            notes["aspect"] = f"{orders.impossible_aspect(model, label)} Now {preset.label}."
        draft = {**draft, "aspect": preset.key}
    seconds = nearest(draft["seconds"] or shot.project.seconds, model.durations)
    if draft["seconds"] and seconds and seconds != draft["seconds"]:
        notes["seconds"] = f"{model.name} has no {draft['seconds']} s. Now {seconds} s."
    draft = {**draft, "seconds": seconds if model.durations else draft["seconds"]}
    words = {name for name, about in FINISH.items() if isinstance(about, Choice)}
    carried = render_settings.carried_over(draft, model)
    draft |= {name: carried[name] for name in words}  # a number stays as it was typed, legal or not
    draft = {**draft, "takes": max(1, min(draft["takes"], model.max_takes))}
    if model.first_frame is Need.REFUSED and shot.first_frame:
        notes["first_frame"] = f"{model.name} takes no first frame; it stays with the shot."
    return draft, notes


def storable(draft):
    """The draft without what no column holds; nonsense typed there is not kept, nor half of a text."""
    kept = dict(draft)
    if len(kept["prompt"]) > LONGEST_PROMPT:
        del kept["prompt"]
    if kept["seconds"] is not None and not 0 <= kept["seconds"] <= 999:
        del kept["seconds"]
    if not 1 <= kept["takes"] <= 99:
        del kept["takes"]
    for name, about in FINISH.items():
        if isinstance(about, Number) and kept[name] is not None and not 0 <= kept[name] <= 999:
            del kept[name]
    if kept["seed"] is not None and kept["seed"] < 0:
        del kept["seed"]
    return kept
