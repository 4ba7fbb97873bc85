"""What people do to projects, shot lists and pictures."""

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from studio.core import versions
from studio.core.versions import Basis
from studio.integrations import catalogue
from studio.planning.projects import heralds
from studio.planning.projects.heralds import Reworded
from studio.planning.projects.models import WORDS, Membership, Picture, Project, Shot
from studio.planning.projects.rights import Role
from studio.runtime.live import events


def create_project(*, name, by, budget=None, **fields):
    """Make a project with this person as its producer."""
    with transaction.atomic():
        slug = fields.pop("slug", None) or Project.free_slug(name)
        project = Project.objects.create(name=name, slug=slug, budget=budget, created_by=by, **fields)
        Membership.objects.create(project=project, user=by, role=Role.PRODUCER)
        with events.locked(project.pk):
            events.record(project.pk, "project.created", by=by)
    project.refresh_from_db()
    return project


def change_project(project, *, by, basis: Basis | None = None, **fields):
    """Change a project's name, look, defaults or budget, and tell every open page.

    Raises:
        versions.Overtaken: somebody changed one of them after the page that says so was drawn.
    """
    with events.locked(project.pk):
        was = versions.write(project, fields, basis=basis, by=by and by.pk)
        if was:
            told = versions.replaced(was)
            events.record(project.pk, "project.changed", by=by, fields=sorted(was), **told)
    project.refresh_from_db()


def archive_project(project, *, by):
    """Put it away. Open pages load again, since nothing on them can be pressed any more."""
    _set_archived(project, timezone.now(), by=by, kind="project.archived")


def reopen_project(project, *, by):
    _set_archived(project, None, by=by, kind="project.reopened")


def _set_archived(project, at, *, by, kind):
    with events.locked(project.pk):
        if Project.objects.filter(pk=project.pk).exclude(archived_at=at).update(archived_at=at):
            events.record(project.pk, kind, by=by, reload=True)


def next_code(project):
    """The next free shot code: ten after the largest number, so that shots fit between."""
    numbers = [int(code) for code in project.shots.kept().values_list("code", flat=True) if code.isdigit()]
    return f"{(max(numbers, default=0) // 10 + 1) * 10:03d}"


def create_shot(project, *, by, code="", scene="", title="", prompt="", **fields):
    """Add a shot at the end of the list, with the project's defaults.

    Raises:
        ValueError: the project has a shot with this code.
    """
    with events.locked(project.pk) as project:
        code = code or next_code(project)
        _check_code(project.shots.kept(), code)
        last = project.shots.aggregate(last=Max("position"))["last"] or 0
        shot = Shot.objects.create(
            project=project,
            code=code,
            scene=scene,
            title=title,
            prompt=prompt,
            position=last + 1,
            **{**defaults_of(project, fields.get("model")), **fields},
        )
        if prompt:
            heralds.tell_of_prompts([Reworded(shot, "")], by=by, via="typed")
        events.record(project.pk, "shot.created", subject=code, by=by)
    return shot


def defaults_of(project, model_key=None):
    """A new shot's settings: the project's, as far as the model can do them."""
    model = catalogue.get(model_key) if model_key else catalogue.named(project.model)
    if not model.is_sold:
        model = catalogue.default()
    preset = model.preset(project.aspect) or model.presets[0]
    return {
        "model": model.key,
        "aspect": preset.key,
        "seconds": nearest(project.seconds, model.durations),
        "takes": min(project.takes, model.max_takes),
    }


def nearest(seconds, durations):
    """The legal duration closest to a wish; None where there are none."""
    if not durations:
        return None
    return min(durations, key=lambda legal: abs(legal - (seconds or durations[0])))


def change_shot(shot, *, by, quiet=False, via="typed", basis: Basis | None = None, **fields):
    """Keep what was typed for a shot. Quiet for what no other page shows, such as a seed.

    Args:
        via: where a new prompt comes from, see `heralds.on_prompts`.
        basis: what the page stands on that says so; None for what stands on the shot as it is.

    Raises:
        ValueError: another shot of the project has the new code.
        versions.Overtaken: somebody changed words of it after that page was drawn.
    """
    changed = {name: value for name, value in fields.items() if getattr(shot, name) != value}
    if "first_frame" in changed and "crop" not in fields:
        changed["crop"] = None  # it was of another picture
    if not changed:
        return
    if quiet:
        Shot.objects.filter(pk=shot.pk).update(**changed)
        _now_has(shot, changed)
        return
    code = shot.code
    words = {name: changed.pop(name) for name in WORDS if name in changed}
    with events.locked(shot.project_id):
        if "code" in words:
            _check_code(shot.project.shots.kept().exclude(pk=shot.pk), words["code"])
        was = versions.write(shot, words, basis=basis, by=by and by.pk) if words else {}
        if changed:
            Shot.objects.filter(pk=shot.pk).update(**changed)
            _now_has(shot, changed)
        if not (was or changed):
            return
        # under another code nothing on an open page finds its place: those load again
        reload = {"reload": True, "renamed": shot.pk} if "code" in was else {}
        told = {"fields": sorted({*was, *changed}), **versions.replaced(was), **reload}
        events.record(shot.project_id, "shot.changed", subject=code, by=by, **told)
        if "prompt" in was:
            heralds.tell_of_prompts([Reworded(shot, was["prompt"])], by=by, via=via)


def _now_has(shot, changed):
    for name, value in changed.items():
        setattr(shot, name, value)


def _check_code(others, code):
    if others.filter(code__iexact=code).exists():
        raise ValueError(f"There is a shot {code} already.")


def keep_picture(project, read, *, by, name="", **origin):
    """Hold a picture once per project and origin; its files once per hash, the one that came among them."""
    stem = f"pictures/{read.sha256[:2]}/{read.sha256}"
    paths = {
        "original": f"{stem}-original.{read.kind}",
        "file": f"{stem}.{read.extension}",
        "preview": f"{stem}-preview.jpg",
    }
    contents = {
        paths["original"]: read.original,
        paths["file"]: read.working,
        paths["preview"]: read.preview,
    }
    _store(contents)
    picture, _ = Picture.objects.get_or_create(
        project=project,
        sha256=read.sha256,
        from_take=origin.pop("from_take", None),
        from_frame=origin.pop("from_frame", None),
        defaults={
            "name": name[:200],
            "width": read.width,
            "height": read.height,
            "created_by": by,
            **paths,
            **origin,
        },
    )
    _store(contents)  # the last picture of these files may just have gone from the trash
    if not picture.original:  # taken in before originals were kept
        Picture.objects.filter(pk=picture.pk).update(original=paths["original"])
        picture.original = paths["original"]
    if picture.trashed_at:  # it is wanted again
        with events.locked(project.pk):
            Picture.objects.filter(pk=picture.pk).update(trashed_at=None, trashed_by=None)
            events.record(project.pk, "picture.restored", by=by, name=str(picture))
        picture.trashed_at = picture.trashed_by = None
    return picture


def _store(contents):
    """Keep files that are not there, or were cut short when a process was killed."""
    for path, content in contents.items():
        if not (default_storage.exists(path) and default_storage.size(path) == len(content)):
            default_storage.delete(path)
            default_storage.save(path, ContentFile(content))
