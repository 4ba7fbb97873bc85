"""Do what a sheet says, all of it or nothing."""

from django.db.models import Max

from studio.core import versions
from studio.generation.shotlist.shotlist import changes
from studio.planning.projects import actions, heralds, shot_order
from studio.planning.projects.heralds import Reworded
from studio.planning.projects.models import WORDS, Shot
from studio.runtime.live import events

_WITH = {"aspect", "seconds", "takes", "version", "written"}  # columns that change with others


def import_sheet(project, sheet, *, by, seen=None):
    """Do what a sheet says: new shots at the end, changes to those there are. Returns (new, changed).

    What it changes is found anew under the lock: a preview may be some minutes old.

    Args:
        seen: by key, the version of each shot when it was shown; None where nothing was shown.

    Raises:
        shot_order.Overtook: somebody changed words meanwhile that this would replace; nothing is done.
    """
    with events.locked(project.pk) as project:
        existing = list(project.shots.kept())
        wanted = changes(sheet, existing)
        by_pk = {shot.pk: shot for shot in existing}
        new = [change for change in wanted if change.kind == "new"]
        changed = [change for change in wanted if change.kind == "changed"]
        words = {c.shot_id: {n: v for n, v in c.after.items() if n in WORDS} for c in changed}
        shot_order.check_seen([(by_pk[pk], after) for pk, after in words.items()], seen, by=by)
        _create(project, new, by=by)
        touched, reworded, was = [], [], {}
        for change in changed:
            shot = by_pk[change.shot_id]
            if "prompt" in change.after:
                reworded.append(Reworded(shot, shot.prompt))
            was[shot.code] = versions.put(shot, words[shot.pk], by=by and by.pk)
            for name, value in change.after.items():
                setattr(shot, name, value)
            if "model" in change.after:  # the rest of the settings stays a wish, legal or not
                shot_order.adapt(shot)
            touched.append(shot)
        names = {name for change in changed for name in change.after} | _WITH
        Shot.objects.bulk_update(touched, sorted(names), batch_size=shot_order.BATCH)
        heralds.tell_of_prompts(reworded, by=by, via="listed")
        if new or changed:
            told = {"new": len(new), "changed": len(changed), **versions.replaced_in(was)}
            events.record(project.pk, "shot.imported", by=by, reload=True, **told)
    return len(new), len(changed)


def _create(project, new, *, by):
    last = project.shots.aggregate(last=Max("position"))["last"] or 0
    shots = []
    for number, change in enumerate(new, start=1):
        fields = {**actions.defaults_of(project, change.after.get("model")), **change.after}
        shot = Shot(project=project, **{**fields, "code": change.line.code, "position": last + number})
        shot_order.adapt(shot)
        shots.append(shot)
    Shot.objects.bulk_create(shots, batch_size=shot_order.BATCH)
    shot_order.tell_of_new(shots, by=by)
