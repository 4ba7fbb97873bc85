"""Django tasks on threads of this process. Nothing is stored: rows are the truth, this only wakes.

Without a running engine (a management command beside the server) enqueueing does nothing; the
engine's sweep finds the row within a second or two.
"""

from uuid import uuid4

from django.utils import timezone
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import TaskResult, TaskResultStatus

from studio.runtime.jobs import engine


class InProcessBackend(BaseTaskBackend):
    supports_defer = False
    supports_async_task = False
    supports_get_result = False
    supports_priority = False

    def enqueue(self, task, args, kwargs):
        self.validate_task(task)
        engine.wake(task.func, args, kwargs)
        return TaskResult(
            task=task,
            id=uuid4().hex,
            status=TaskResultStatus.READY,
            enqueued_at=timezone.now(),
            started_at=None,
            finished_at=None,
            last_attempted_at=None,
            args=list(args),
            kwargs=dict(kwargs),
            backend=self.alias,
            errors=[],
            worker_ids=[],
        )
