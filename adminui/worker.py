"""gunicorn's ASGI worker, which tells open WebSockets when it is about to stop.

gunicorn waits for open connections before it tells the application that it stops. A WebSocket has no end of
its own, so without this every restart would last as long as gunicorn's patience.
"""

from __future__ import annotations

import asyncio

from gunicorn.workers.gasgi import ASGIWorker

__all__ = ["Worker"]


class Worker(ASGIWorker):  # type: ignore[misc]  # gunicorn has no types
    """The worker that `gunicorn_conf` names."""

    _ending: asyncio.Task[None] | None = None

    def handle_exit_signal(self) -> None:
        """Stop accepting, and close the sockets with 1001."""
        super().handle_exit_signal()
        # Django is set up by now: the worker has loaded the application.
        from datamodel.graphql.endpoint import application

        if self._ending is None:
            self._ending = self.loop.create_task(application.realtime.stop())
