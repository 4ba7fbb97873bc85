"""A project with many takes, and people signed in to it, made straight in the database."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.utils import timezone

from studio.generation.renders import tokens
from studio.generation.renders.models import Render
from studio.integrations import catalogue
from studio.people.accounts.models import User
from studio.planning.ledger import estimate
from studio.planning.ledger.models import Balance, LedgerEntry
from studio.planning.projects import actions
from studio.planning.projects.models import Membership, Project, Role, Shot

MODEL = catalogue.get("gen-4.5")
SECONDS = 5


def database() -> None:
    """Make the tables."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)


def person(name: str) -> User:
    return User.objects.create(email=f"{name}@bench.example", name=name.title())


def project(name: str, *, shots: int) -> Project:
    made = actions.create_project(name=name, by=person(f"{name}-producer"), budget=100_000)
    for number in range(1, shots + 1):
        actions.create_shot(
            made,
            by=None,
            title=f"The kite over the dunes, {number}",
            scene=f"{number // 8 + 1} · Dunes",
            prompt="A red kite over pale dunes at dawn, slow push in, haze over the sea, gulls far off.",
        )
    return made


def takes(project: Project, count: int, *, state: str) -> list[Render]:
    """So many takes, spread over the shots, with their money set aside or charged."""
    amount = estimate.of_take(MODEL, SECONDS)
    shots = list(Shot.objects.filter(project=project).in_order())
    sandbox = not settings.RUNWARE_API_KEY
    numbers = {shot.pk: shot.renders.count() for shot in shots}
    now, made = timezone.now(), []
    for index in range(count):
        shot = shots[index % len(shots)]
        numbers[shot.pk] += 1
        code = uuid.uuid4()
        take = Render(
            code=code,
            task_code=code,
            project=project,
            shot=shot,
            number=numbers[shot.pk],
            kind=MODEL.kind,
            created_by=project.created_by,
            sandbox=sandbox,
            model=MODEL.key,
            model_id=MODEL.provider_id,
            prompt=shot.prompt,
            aspect="16:9",
            width=1280,
            height=720,
            seconds=SECONDS,
            format="MP4",
            quality=95,
            safety="none",
            threshold="auto",
            estimate=amount,
            state=state,
            revision=3,
            queued_at=now,
            sent_at=now,
            accepted_at=now,
            check_at=now + timedelta(hours=1),
        )
        if state == "ready":
            take.answered_at = take.ended_at = now
            take.result_uuid, take.cost, take.sha256 = str(uuid.uuid4()), amount, uuid.uuid4().hex * 2
            take.file, take.poster = f"takes/{code}/original.mp4", f"takes/{code}/poster.jpg"
            take.frame_count, take.fps_num, take.fps_den = 120, 24, 1
        made.append(take)
    Render.objects.bulk_create(made, batch_size=200)
    held = state != "ready"
    LedgerEntry.objects.bulk_create(
        [
            LedgerEntry(
                project=project,
                render_code=take.code,
                kind="hold" if held else "charge",
                amount=amount,
                estimate=amount,
                source="estimate" if held else "provider",
                sandbox=sandbox,
                by=project.created_by,
                day=timezone.localdate(now),
                shot_ref=take.shot_id,
                shot_code=take.shot.code,
                what=str(take.number),
                model=take.model,
                seconds=SECONDS,
            )
            for take in made
        ],
        batch_size=200,
    )
    balance, _ = Balance.objects.get_or_create(project=project, sandbox=sandbox)
    Balance.objects.filter(pk=balance.pk).update(
        held=balance.held + (amount * count if held else 0),
        spent=balance.spent + (0 if held else amount * count),
    )
    return made


def cookies(project: Project, count: int, *, role: str = Role.ARTIST) -> list[str]:
    """Cookie headers of so many new people of this role, signed in."""
    made = []
    for index in range(count):
        user = person(f"{project.slug}-{role}-{index}")
        Membership.objects.create(project=project, user=user, role=role)
        session = SessionStore()
        session[SESSION_KEY] = str(user.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        made.append(f"{settings.SESSION_COOKIE_NAME}={session.session_key}")
    return made


def callback(take: Render) -> tuple[str, bytes]:
    """Where the provider calls about this take, and what it says."""
    result = str(uuid.uuid5(uuid.NAMESPACE_URL, str(take.code)))
    item = {
        "taskType": "videoInference",
        "taskUUID": str(take.code),
        "videoUUID": result,
        "videoURL": f"https://vm.runware.ai/video/ws/2/vi/{result}.mp4",
        "seed": 421,
        "cost": float(take.estimate),
        "status": "success",
    }
    return f"/hooks/runware/{tokens.make(take.code)}", json.dumps({"data": [item]}).encode()
