"""A knock on the door: check who may knock, hand over what was said, answer once it is committed."""

import logging
from functools import partial

from django.db import transaction
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from studio.core import client_addresses, rate_limits
from studio.generation.renders import results, tokens
from studio.generation.renders.models import Render, in_seconds
from studio.integrations import providers
from studio.integrations.providers import bodies
from studio.integrations.providers.base import Missing
from studio.runtime import jobs
from studio.runtime.live import events

logger = logging.getLogger(__name__)

BODY_LIMIT = 64 * 1024  # bytes; a callback holds one item


@csrf_exempt  # the provider has no cookie of ours; the token in the address is the check
@require_POST
def runware_hook(request, token):
    """Runware tells us how a task ended. The token was made for that task alone.

    2xx means durably committed, or nothing to do. What cannot be read is asked about instead.
    On a server `fast_webhooks.application` stands in front of this and answers the same.
    """
    code = tokens.render_code(token)  # constant time, before the body is read
    if code is None:
        return HttpResponse(status=wrong_token(client_addresses.client(request)))
    body = request.read(BODY_LIMIT + 1)  # whatever length it announces
    if len(body) > BODY_LIMIT:
        return HttpResponse(status=413)
    return HttpResponse(status=take_in(code, body))


def wrong_token(client):
    """The status for somebody who knocks with a token of their own making; guessing is slowed down."""
    return 429 if rate_limits.guessed_too_often(client or "") else 404


def take_in(code, body):
    """Take note of what a callback for this take says; the status to answer with."""
    try:
        outcomes = providers.get("runware").read_webhook(body)
    except providers.NotConfigured:  # the engine is just starting: they call again
        return 503
    except bodies.Unreadable:
        logger.warning("A callback for render %s could not be read: asking", code)
        outcomes = []
    told = [each for each in outcomes if each.code == code and not isinstance(each, Missing)]
    for outcome in told:
        results.receive(outcome)
    if not told:
        ask_about(code)
    return 204


def ask_about(code):
    """Look at this take now rather than when the sweep comes round to it."""
    with transaction.atomic():
        events.lock(renders__code=code)  # else an acknowledgement just being stored would put it off
        open_now = [*Render.IN_FLIGHT, Render.State.EXPIRED]
        if Render.objects.filter(code=code, state__in=open_now).update(check_at=in_seconds(0)):
            transaction.on_commit(partial(jobs.soon, "renders.ask"))
