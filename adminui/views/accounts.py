"""Sign-in and sign-out."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from adminui.login_limit import WINDOW, Attempt

__all__ = ["SignInView"]

REFUSED = "This username and password do not go together. Both are case-sensitive."
TOO_MANY = "Too many failed attempts. Wait 15 minutes, then try again."


class SignInForm(AuthenticationForm):
    """Name and password of a member of staff."""

    error_messages = {"invalid_login": REFUSED, "inactive": REFUSED}

    def confirm_login_allowed(self, user: User) -> None:
        """Refuse who is no staff in the same words as a wrong password."""
        super().confirm_login_allowed(user)
        if not user.is_staff:
            raise ValidationError(REFUSED, code="invalid_login")


@method_decorator(never_cache, name="dispatch")
class SignInView(LoginView):
    """The sign-in page; after too many failures it answers 429, whether the account exists or not."""

    template_name = "adminui/accounts/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:  # type: ignore[override]  # the stubs are a version ahead
        """Go on to ``next`` where it is ours; never straight back to signing in or out."""
        url = super().get_redirect_url()
        return "" if "/accounts/" in url else url

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Judge name and password, unless account or address failed too often."""
        attempt = Attempt.begin(request, request.POST.get("username", ""))
        if not attempt.is_allowed:
            attempt.withdraw()
            return self._too_many()
        form = self.get_form()
        if form.is_valid():
            attempt.succeed()
            return self.form_valid(form)
        return self.form_invalid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form again, with what is wrong."""
        return self.render_to_response(
            self.get_context_data(form=form, problem=_first_error(form)), status=422
        )

    def _too_many(self) -> HttpResponse:
        form = self.authentication_form(self.request)
        response = self.render_to_response(self.get_context_data(form=form, problem=TOO_MANY), status=429)
        response["Retry-After"] = str(int(WINDOW.total_seconds()))
        return response


def _first_error(form: Any) -> str:
    return REFUSED if form.non_field_errors() else "Fill in both username and password."
