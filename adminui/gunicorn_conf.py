"""How gunicorn runs Joinery: `gunicorn -c python:adminui.gunicorn_conf adminui.asgi:application`."""

from __future__ import annotations

import os

worker_class = "adminui.worker.Worker"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
bind = os.environ.get("JOINERY_BIND", "127.0.0.1:8000")
timeout = 60
graceful_timeout = 30
keepalive = 30
# The realtime handshake carries a whole access token in one header.
limit_request_field_size = 32768
websocket_max_message_size = 65536
limit_request_line = 8190
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - heartbeat files, not data
control_socket_disable = True
loglevel = os.environ.get("LOG_LEVEL", "warning")
