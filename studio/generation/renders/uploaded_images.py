"""Input pictures at the provider: sent once, then named by its id for as long as that lives."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.utils import timezone

from studio.generation.renders.models import Render, Sent
from studio.integrations.providers.base import Answer, NoAnswer, Order, Refused, UploadRefused
from studio.integrations.providers.runware import Runware, data_uri

LIVES = timedelta(days=25)  # an upload is deleted 30 days after its last use (`protocols.md` 1.10)
_WHILE_SENDING = timedelta(minutes=15)  # the pictures of a whole press are named before its takes are sent


class Pictures:
    """The pictures of orders that go to a provider together. `reused` are the ids it gave before those."""

    def __init__(self, provider: Runware, *, sandbox: bool) -> None:
        self._provider = provider
        self._of: dict[str, Any] = {"provider": provider.name, "sandbox": sandbox}
        self.reused: set[str] = set()
        self._fresh: set[str] = set()
        self._answers = True  # else nobody waits for it once more, picture by picture

    def image(self, jpeg: bytes) -> str:
        """How to name this picture in an order: by its id there, else as all of it.

        Calls the provider for one that it does not have yet.
        """
        digest = sha256(jpeg).hexdigest()
        known = Sent.objects.filter(**self._of, sha256=digest)
        ref = known.filter(used_at__gt=timezone.now() - LIVES).values_list("ref", flat=True).first()
        if ref:
            known.update(used_at=timezone.now())
            if ref not in self._fresh:  # else it is there, and to send it anew would change nothing
                self.reused.add(ref)
            return ref
        ref = self._upload(jpeg) if self._answers else None
        if ref is None:
            return data_uri(jpeg, mime="image/jpeg")  # it goes along with the order as it is
        self._fresh.add(ref)
        if len(ref) > Sent.REF_LENGTH:  # no id we can keep; this order may use it
            return ref
        Sent.objects.update_or_create(
            **self._of, sha256=digest, defaults={"ref": ref, "used_at": timezone.now()}
        )
        return ref

    def _upload(self, jpeg: bytes) -> str | None:
        try:
            return self._provider.upload(jpeg, mime="image/jpeg")
        except UploadRefused:
            return None
        except NoAnswer:
            self._answers = False
            return None

    def forgotten(self, order: Order, answer: Answer) -> bool:
        """Whether the order was refused for a picture that the provider had once and may have dropped.

        Those ids are not used again; the same order can be sent with the pictures anew.
        """
        used = self.reused & {frame.image for frame in order.frames}
        if not (used and isinstance(answer, Refused) and _is_about_pictures(answer.code, answer.parameter)):
            return False
        Sent.objects.filter(**self._of, ref__in=used).delete()
        return True


def distrust(render: Render, code: str, parameter: str) -> None:
    """A take failed after it was accepted. Where it was for a picture, what was named since then is sent anew.

    Which id it was is not kept with a take; to send a few too many costs nothing.
    """
    if not render.frames or render.sent_at is None or not _is_about_pictures(code, parameter):
        return
    since = render.sent_at - _WHILE_SENDING
    Sent.objects.filter(provider=render.provider, sandbox=render.sandbox, used_at__gte=since).delete()


def _is_about_pictures(code: str, parameter: str) -> bool:
    return "image" in f"{code} {parameter}".lower()
