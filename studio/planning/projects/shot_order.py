"""The order of the shot list and changes to many of its lines at once, in a constant number of statements."""

from django.db.models import Max

from studio.core import sql, versions
from studio.core.versions import Basis, Overtaken
from studio.integrations import catalogue
from studio.planning.projects import actions, heralds
from studio.planning.projects.heralds import Reworded
from studio.planning.projects.models import LONGEST_TITLE, WORDS, Shot
from studio.runtime.live import events

STEP = 1024  # between places in the list: so many shots can be put between two
BATCH = 500  # rows in one statement


class TooMany(ValueError):
    """More shots at once than fit; the message says how many."""


class Overtook(ValueError):
    """Words of shots were changed by others after they were shown; the message says of which."""


def check_seen(wanted, seen, *, by):
    """See that nobody changed what is about to be replaced since it was shown.

    Args:
        wanted: pairs of a shot as it is now and the words it is to have.
        seen: by key, the version that was shown; None: nothing was.

    Raises:
        Overtook: somebody did.
    """
    if seen is None:
        return
    codes = []
    for shot, words in wanted:
        try:
            versions.settled(shot, words, basis=Basis(seen.get(shot.pk)), by=by and by.pk)
        except Overtaken:
            codes.append(shot.code)
    if codes:
        named = ", ".join(sorted(codes)[:8]) + (" and others" if len(codes) > 8 else "")
        raise Overtook(
            f"Somebody changed {named} after this was shown. Nothing was done: look, then press again."
        )


# --- order --------------------------------------------------------------------------------


def move(project, shots, *, after, by):
    """Put these shots, in the order they have, behind another one; at the beginning where it is None.

    Returns the number of the event. Two people who move at once both get what they asked for,
    one after the other.
    """
    if len(shots) >= STEP:
        raise TooMany(f"At most {STEP - 1} shots can be moved at once.")
    with events.locked(project.pk):
        _number_anew(project)
        keys = [shot.pk for shot in shots]
        places = dict(Shot.objects.filter(project=project, pk__in=keys).values_list("pk", "position"))
        anchor = _anchor(project, after, places)
        _place(sorted(places, key=places.__getitem__), behind=anchor)
        codes = sorted(shot.code for shot in shots)
        return events.record(
            project.pk,
            "shot.moved",
            subject=codes[0] if len(codes) == 1 else "",
            by=by,
            number=len(codes),
            reload=True,
        )


def _number_anew(project):
    sql.changed(
        "UPDATE projects_shot SET position = o.place FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY position, id)"
        " * %s AS place FROM projects_shot WHERE project_id = %s) AS o WHERE projects_shot.id = o.id",
        [STEP, project.pk],
    )


def _anchor(project, after, moved):
    """The place to put them behind: the last shot up to `after` that does not move itself."""
    if after is None:
        return 0
    earlier = (
        Shot.objects.kept().filter(project=project, position__lte=_place_of(after)).exclude(pk__in=moved)
    )
    return earlier.aggregate(last=Max("position"))["last"] or 0


def _place_of(shot):
    return Shot.objects.filter(pk=shot.pk).values_list("position", flat=True)[0]


def _place(keys, *, behind):
    shots = [Shot(pk=pk, position=behind + number) for number, pk in enumerate(keys, start=1)]
    Shot.objects.bulk_update(shots, ["position"], batch_size=BATCH)


def add_behind(shot, *, by, **fields):
    """Add a shot behind this one, under the next free code."""
    with events.locked(shot.project_id):
        project = shot.project
        _number_anew(project)
        taken = {code.lower() for code in project.shots.kept().values_list("code", flat=True)}
        code = _next_free(shot.code, taken)
        fresh = Shot.objects.create(project=project, code=code, position=_place_of(shot) + 1, **fields)
        events.record(project.pk, "shot.created", subject=code, by=by, reload=True)
    return fresh


# --- many at once -------------------------------------------------------------------------


def duplicate(project, shots, *, by):
    """Copy shots, each behind its original, with everything but their takes. Returns the copies."""
    with events.locked(project.pk):
        _number_anew(project)
        taken = {code.lower() for code in project.shots.kept().values_list("code", flat=True)}
        copies, originals = [], []
        for shot in Shot.objects.filter(pk__in=[shot.pk for shot in shots]).in_order():
            originals.append(shot.pk)
            shot.pk, shot._state.adding = None, True
            shot.version, shot.written = 0, {}
            shot.code = _next_free(shot.code, taken)
            taken.add(shot.code.lower())
            shot.position += 1
            shot.title = _title_of_copy(shot.title)
            copies.append(shot)
        Shot.objects.bulk_create(copies, batch_size=BATCH)
        tell_of_new(copies, by=by)
        heralds.tell_of_copies(list(zip(originals, copies, strict=True)))
        subject = copies[0].code if len(copies) == 1 else ""
        events.record(project.pk, "shot.duplicated", subject=subject, by=by, number=len(copies), reload=True)
    return copies


def _title_of_copy(title):
    """The title with a word that it is a copy, where there is room for both."""
    whole = f"{title} (copy)" if title else ""
    return whole if len(whole) <= LONGEST_TITLE else title


def _next_free(code, taken):
    """A free code that stands behind this one: 011 to 019 behind 010, else A-12_2 behind A-12."""
    if code.isdigit():
        for number in range(int(code) + 1, int(code) + 10):
            free = f"{number:0{len(code)}d}"
            if free not in taken:
                return free
    number = 2
    while f"{code[:16]}_{number}".lower() in taken:
        number += 1
    return f"{code[:16]}_{number}"


def change_many(project, shots, *, by, seen=None, **fields):
    """Set these fields on all of these shots; a new model brings the nearest settings it can do.

    Args:
        seen: by key, the version of each shot on the page that says so; None where none was.

    Raises:
        Overtook: somebody changed words of some of them after that page was drawn; nothing is done.
    """
    words = {name: fields[name] for name in WORDS if name in fields}
    with events.locked(project.pk):
        fresh = list(Shot.objects.filter(pk__in=[shot.pk for shot in shots]))
        check_seen([(shot, words) for shot in fresh], seen, by=by)
        was = {}
        for shot in fresh:
            was[shot.code] = versions.put(shot, words, by=by and by.pk)
            for name, value in fields.items():
                setattr(shot, name, value)
            if fields.keys() & {"model", "aspect", "seconds", "takes"}:
                adapt(shot)
        columns = {*fields, "aspect", "seconds", "takes", "version", "written"}
        Shot.objects.bulk_update(fresh, sorted(columns), batch_size=BATCH)
        subject = fresh[0].code if len(fresh) == 1 else ""
        events.record(
            project.pk,
            "shot.changed",
            subject=subject,
            by=by,
            fields=sorted(fields),
            number=len(fresh),
            reload=True,
            **versions.replaced_in(was),
        )
    return len(fresh)


def adapt(shot):
    """Move settings that the shot's model cannot do to the nearest that it can."""
    model = shot.catalogue_model
    preset = model.preset(shot.aspect)
    if preset is None:  # not one of its own: the same shape, if it has that
        shapes = (p.label for m in catalogue.MODELS for p in m.presets if p.key == shot.aspect)
        preset = model.preset(next(shapes, shot.aspect)) or model.presets[0]
    shot.aspect = preset.key
    if model.durations:
        shot.seconds = actions.nearest(shot.seconds, model.durations)
    shot.takes = max(1, min(shot.takes, model.max_takes))


def tell_of_new(shots, *, by):
    """Tell whoever keeps prompts of those that came with a list."""
    heralds.tell_of_prompts([Reworded(shot, "") for shot in shots if shot.prompt], by=by, via="listed")


# --- boards -------------------------------------------------------------------------------


def place_board(project, picture, *, code, by):
    """Make a picture the first frame of the shot with this code; add the shot if there is none.

    Returns the shot and whether it is new.
    """
    shot = project.shots.kept().filter(code__iexact=code).first()
    if shot is not None:
        actions.change_shot(shot, by=by, first_frame=picture)
        return shot, False
    return actions.create_shot(project, by=by, code=code, first_frame=picture), True
