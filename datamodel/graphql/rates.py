"""How often somebody may call: `RATE_LIMIT`, kept by all processes of a machine together.

Everybody has a moment by which the calls made so far are paid for; each call moves it on by the time that one
call costs, and a call that would move it more than a second past now has to wait. The moments live in a small
file that the processes map into memory. It holds some thousand callers, those heard of last.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import mmap
import os
import struct
import threading
from pathlib import Path
from time import monotonic

from django.conf import settings

__all__ = ["Rates", "rates"]

logger = logging.getLogger(__name__)

SLOT = struct.Struct("=8sd")
"""The beginning of a caller's digest, and their moment on the machine's monotonic clock."""

BUCKETS, WAYS = 1024, 8
SIZE = BUCKETS * WAYS * SLOT.size
ALLOWANCE_S = 1.0
"""How far ahead of the clock a caller may be: a second's calls at once."""

ROUNDING_S = 1e-6


class Rates:
    """The calls of everybody; in ``path``, or in this process alone where there is none."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self._file = _open(path) if path is not None else None
        self._slots = mmap.mmap(self._file if self._file is not None else -1, SIZE)

    def spend(self, subject: str, per_second: float) -> float:
        """Count a call of ``subject``; return how many seconds they have to wait where it is one too many, else 0."""
        digest = hashlib.sha256(subject.encode("utf-8", "surrogatepass")).digest()
        bucket = int.from_bytes(digest[8:12], "big") % BUCKETS * WAYS
        step, now = 1 / per_second, monotonic()
        ahead = max(ALLOWANCE_S, step)
        with self._lock:
            self._lock_file(fcntl.LOCK_EX)
            try:
                offset, moment = self._find(bucket, digest[:8])
                # A moment far ahead was left by another run of the machine, whose clock began anew.
                if not now < moment <= now + ahead + step:
                    moment = now
                if moment + step > now + ahead + ROUNDING_S:
                    return moment + step - now - ahead
                SLOT.pack_into(self._slots, offset, digest[:8], moment + step)
                return 0.0
            finally:
                self._lock_file(fcntl.LOCK_UN)

    def _find(self, bucket: int, digest: bytes) -> tuple[int, float]:
        """Return where a caller's moment is, or where it may go: in place of the one longest paid for."""
        offsets = range(bucket * SLOT.size, (bucket + WAYS) * SLOT.size, SLOT.size)
        known = {offset: SLOT.unpack_from(self._slots, offset) for offset in offsets}
        for offset, (name, moment) in known.items():
            if name == digest:
                return offset, moment
        return min(known, key=lambda offset: float(known[offset][1])), 0.0

    def _lock_file(self, operation: int) -> None:
        if self._file is not None:
            fcntl.flock(self._file, operation)

    def close(self) -> None:
        self._slots.close()
        if self._file is not None:
            os.close(self._file)


def _open(path: Path) -> int | None:
    """Return the descriptor of the file, None where it cannot be had: each process then counts for itself."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        logger.warning("RATE_LIMIT holds per process: %s cannot be written (%s).", path, error.strerror)
        return None
    if os.fstat(descriptor).st_size < SIZE:
        os.ftruncate(descriptor, SIZE)
    return descriptor


_rates: Rates | None = None
_opening = threading.Lock()


def rates() -> Rates:
    """Return the machine's calls, opened with the first that is counted: not before a server has forked."""
    global _rates
    with _opening:
        if _rates is None:
            folder = getattr(settings, "VAR_DIR", None)
            _rates = Rates(folder / "rates" if folder is not None else None)
        return _rates
