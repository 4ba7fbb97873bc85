"""The rows of takes that were just ordered: each with its number, its frozen order and its money set aside."""

import json
import uuid
from hashlib import sha256

from django.db.models import Max
from django.utils import timezone

from studio.generation.renders import input_images
from studio.generation.renders.models import Batch, Render
from studio.integrations import providers
from studio.integrations.catalogue import render_settings
from studio.planning.ledger import ledger
from studio.planning.projects.models import Shot
from studio.runtime.live import events

State = Render.State


class Closed(ValueError):
    """The shot or its project can take no orders any more; nothing was ordered."""

    def __init__(self):
        super().__init__(
            "This shot was thrown away, or its project put away, meanwhile. Nothing was ordered."
        )


def scenes(project, shots):
    """The scene of each shot, by key, read under the lock: an open page may know another.

    Raises:
        Closed: one of them, or the project, went meanwhile.
    """
    keys = {shot.pk for shot in shots}
    there = dict(Shot.objects.kept().filter(project=project, pk__in=keys).values_list("pk", "scene"))
    if project.archived_at or project.trashed_at or there.keys() < keys:
        raise Closed
    return there


def make(project, shot, scene, order, allowance, common):
    """Make the rows of an order, each with its hold, or waiting for the line it would pass; pairs of both."""
    number = _last_number(shot, order.model.kind)
    columns = frozen(order)
    for offset, seed in enumerate(order.seeds(), start=1):
        passed = allowance.refuses(order.estimate, scene=scene)
        code = uuid.uuid4()
        render = Render.objects.create(
            code=code,
            task_code=code,
            project=project,
            shot=shot,
            number=number + offset,
            sandbox=providers.sandboxed(),
            state=State.WAITING if passed else State.QUEUED,
            note=passed.note[:200] if passed else "",
            queued_at=None if passed else timezone.now(),
            seed_asked=seed,
            **common,
            **columns,
        )
        if not passed:
            ledger.hold(render.purchase)
            allowance.use(order.estimate, scene=scene)
        events.record(
            project.pk,
            "render.started",
            subject=code,
            by=common["created_by"],
            state=render.state,
            shot=shot.code,
        )
        yield render, passed


def name_batch(batch, project, shots, *, by, title=""):
    """Remember what a press ordered under a name that people find again in the queue."""
    codes = list(dict.fromkeys(shot.code for shot in shots))
    one = shots[0]
    name = title or (str(one) if len(codes) == 1 else f"{len(codes)} shots, {codes[0]} to {codes[-1]}")
    Batch.objects.get_or_create(code=batch, defaults={"project_id": project.pk, "name": name[:200], "by": by})


def ordered_by(press, shots):
    """The takes of these shots that this press has ordered before; none for a new one."""
    if not press:
        return []
    found = Render.objects.filter(shot__in=shots, batch=batch_of(press))
    return list(found.select_related("shot").order_by("pk"))


def batch_of(press):
    try:
        return uuid.UUID(press)
    except ValueError:
        return uuid.uuid4()


def _last_number(shot, kind):
    here = shot.renders.filter(kind=kind).aggregate(last=Max("number"))["last"] or 0
    return max(here, shot.numbers_gone.get(str(kind), 0))


def frozen(order):
    """The order's columns: everything that was asked, as it will be sent."""
    frame = order.first_frame
    inputs = [input_images.frozen(frame, box=order.box)] if frame else []
    inputs += [input_images.frozen(each.picture, "reference", name=each.name) for each in order.references]
    return {
        "kind": order.model.kind,
        "model": order.model.key,
        "model_id": order.model.provider_id,
        "prompt": order.prompt,
        "words": order.words,
        "look": order.look,
        "aspect": order.preset.label,
        "width": order.preset.width,
        "height": order.preset.height,
        "seconds": order.seconds,
        **render_settings.of_row(order, render_settings.FINISH),
        "frames": inputs,
        "estimate": order.estimate,
    }


# Grids keep a word of these: their order is stored data.
_SAME = ("kind", "model_id", "prompt", "width", "height", "seconds", *render_settings.FINISH)


def fingerprint(columns):
    """What makes two takes the same order but for the seed, in a word.

    Args:
        columns: of an order as `frozen` gives them, or of a take.
    """
    pictures = [
        [kept["position"], kept["sha256"], list(kept.get("box") or ()), kept.get("name", "")]
        for kept in columns["frames"]
    ]
    same = [*(columns[name] for name in _SAME), pictures]
    return sha256(json.dumps(same).encode()).hexdigest()


def fingerprint_of(render):
    return fingerprint({"frames": render.frames, **{name: getattr(render, name) for name in _SAME}})
