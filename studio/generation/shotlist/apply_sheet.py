"""Do what a sheet says, all of it or nothing."""

from django.db.models import Max

from studio.generation.shotlist.shotlist import changes
from studio.planning.projects import actions, heralds, shot_order
from studio.planning.projects.heralds import Reworded
from studio.planning.projects.models import Shot
from studio.runtime.live import events


def import_sheet(project, sheet, *, by):
    """Do what a sheet says: new shots at the end, changes to those there are. Returns (new, changed).

    What it changes is found anew under the lock: a preview may be some minutes old.
    """
    with events.locked(project.pk) as project:
        existing = list(project.shots.kept())
        wanted = changes(sheet, existing)
        by_pk = {shot.pk: shot for shot in existing}
        new = [change for change in wanted if change.kind == "new"]
        changed = [change for change in wanted if change.kind == "changed"]
        _create(project, new, by=by)
        touched, reworded = [], []
        for change in changed:
            shot = by_pk[change.shot_id]
            if "prompt" in change.after:
                reworded.append(Reworded(shot, shot.prompt))
            for name, value in change.after.items():
                setattr(shot, name, value)
            if "model" in change.after:  # the rest of the settings stays a wish, legal or not
                shot_order.adapt(shot)
            touched.append(shot)
        names = sorted({name for change in changed for name in change.after} | {"aspect", "seconds", "takes"})
        Shot.objects.bulk_update(touched, names, batch_size=shot_order.BATCH)
        heralds.tell_of_prompts(reworded, by=by, via="listed")
        if new or changed:
            events.record(project.pk, "shot.imported", by=by, new=len(new), changed=len(changed), reload=True)
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
