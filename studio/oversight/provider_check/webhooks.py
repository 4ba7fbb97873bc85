"""Where the provider calls about the jobs of a check: every call is kept as it came."""

from django.db import transaction
from django.http import HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from studio.core import client_addresses
from studio.generation.renders.webhooks import BODY_LIMIT, wrong_token
from studio.oversight.provider_check import tokens
from studio.oversight.provider_check.models import Callback, Job

KEPT_HEADERS = ("content-type", "user-agent")
_LONGEST = 200  # characters of a header


@csrf_exempt  # the provider has no cookie of ours; the token in the address is the check
@require_POST
def check_hook(request, token):
    """Keep the call, and answer as the job wants it: 503 to its first call shows whether they try again."""
    code = tokens.job_code(token)  # constant time, before the body is read
    if code is None:
        return HttpResponse(status=wrong_token(client_addresses.client(request)))
    body = request.read(BODY_LIMIT + 1)  # whatever length it announces
    if len(body) > BODY_LIMIT:
        return HttpResponse(status=413)
    headers = {name: request.headers[name][:_LONGEST] for name in KEPT_HEADERS if name in request.headers}
    return HttpResponse(status=_kept(code, headers, body))


def _kept(code, headers, body):
    """Write the call down; the status to answer with."""
    with transaction.atomic():
        job = (
            Job.objects.select_for_update().filter(code=code).first()
        )  # two calls at once are not both the first
        refused = job and job.refuse_first and not Callback.objects.filter(code=code).exists()
        status = 503 if refused else 204
        Callback.objects.create(code=code, answered=status, headers=headers, body=body)
    return status
