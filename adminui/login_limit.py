"""How many sign-ins may fail, per account and per address, before both have to wait."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone

from adminui.models import LoginFailure
from datamodel import access

__all__ = ["WINDOW", "Attempt", "client_address"]

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in. It counts as failed from the start, until it succeeds.

    Counting first means that many attempts at once cannot slip through between count and check.
    """

    subjects: tuple[str, str]
    rows: tuple[int, ...]

    @classmethod
    def begin(cls, request: HttpRequest, username: str) -> Attempt:
        """Record an attempt for the account named and the address it comes from."""
        LoginFailure.objects.filter(at__lt=timezone.now() - WINDOW).delete()
        subjects = (_digest("account", _fold(username)), _digest("address", client_address(request)))
        rows = tuple(LoginFailure.objects.create(subject=subject).pk for subject in subjects)
        return cls(subjects, rows)

    @property
    def is_allowed(self) -> bool:
        """False where account or address already failed too often."""
        counts = (
            LoginFailure.objects.filter(subject__in=self.subjects, at__gte=timezone.now() - WINDOW)
            .values("subject")
            .annotate(failures=Count("pk"))
            .values_list("failures", flat=True)
        )
        return all(count <= settings.LOGIN_FAILURES for count in counts)

    def withdraw(self) -> None:
        """Take the attempt back: it was not judged, so it does not count."""
        LoginFailure.objects.filter(pk__in=self.rows).delete()

    def succeed(self) -> None:
        """Forget the account's failures; the address keeps those of other accounts."""
        LoginFailure.objects.filter(subject=self.subjects[0]).delete()
        self.withdraw()


def client_address(request: HttpRequest) -> str:
    """Return the address of the client: a proxy's word for it counts only where the proxy is trusted."""
    remote = str(request.META.get("REMOTE_ADDR", ""))
    return access.client_address(remote, request.headers.get("X-Forwarded-For", ""))


def _fold(username: str) -> str:
    return unicodedata.normalize("NFKC", username).strip().casefold()


def _digest(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()
