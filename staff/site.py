"""The admin's door: a password, then a second factor."""

from urllib.parse import parse_qs, urlsplit

import segno
from django import forms
from django.conf import settings
from django.contrib.admin import AdminSite
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        max_length=30,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "text", "autofocus": True}),
    )


class StaffSite(AdminSite):
    site_title = site_header = "compar:IA"

    def has_permission(self, request):
        from .entering import is_let_in

        return is_let_in(request.user)

    def login(self, request, extra_context=None):
        """Who gave their password, and not yet their second factor, is asked for it."""
        user = request.user
        if request.method == "GET" and user.is_active and user.is_staff and not self.has_permission(request):
            return redirect(f"{reverse('admin:second-factor')}?{urlencode({REDIRECT_FIELD_NAME: onwards(request)})}")
        return super().login(request, {"oidc_name": getattr(settings, "OIDC_NAME", ""), **(extra_context or {})})

    def get_urls(self):
        return [path("second-factor/", self.second_factor, name="second-factor"), *super().get_urls()]

    @method_decorator(never_cache)
    def second_factor(self, request):
        """To set it up, to show it, or, once it was shown, to change it."""
        from . import entering

        if not (request.user.is_active and request.user.is_staff):
            return redirect_to_login(request.get_full_path(), reverse("admin:login"))
        application, is_in = entering.application_of(request.user), request.user.is_verified()
        form = CodeForm(request.POST or None)
        if form.is_valid():
            code = form.cleaned_data["code"].strip()
            if application is None:
                if codes := entering.enrol(request, code):
                    return self._page(request, "codes", codes=codes)
            elif entering.verify(request, code):
                if not is_in:
                    return redirect(onwards(request))
                if "renew" in request.POST:
                    return self._page(request, "codes", codes=entering.new_recovery_codes(request.user))
                entering.forget(request.user, request.user)
                return redirect("admin:second-factor")
            form.add_error("code", gettext("This code is not right, or no longer. Wait for the next one."))
        if application is None:
            return self._page(request, "set-up", form=form, **shown(entering.begun_for(request.user)))
        left = entering.recovery_codes_left(request.user)
        return self._page(request, "change" if is_in else "ask", form=form, codes_left=left)

    def _page(self, request, step, **context):
        titles = {
            "set-up": _("Set up your second factor"),
            "codes": _("Your recovery codes"),
            "ask": _("Your second factor"),
            "change": _("Your second factor"),
        }
        context |= self.each_context(request) | {"title": titles[step], "step": step, "next": onwards(request)}
        form = context.get("form")
        return render(request, "staff/second_factor.html", context, status=422 if form and form.errors else 200)


def shown(device):
    """What an application reads: a picture, or the same in letters."""
    [secret] = parse_qs(urlsplit(device.config_url).query)["secret"]
    return {
        "picture": segno.make(device.config_url, error="m").svg_data_uri(scale=5, border=3, light="#fff"),
        "secret": [secret[at : at + 4] for at in range(0, len(secret), 4)],
    }


def onwards(request):
    """Where the user was going, if that is on this host; else the admin's first page."""
    wanted = request.POST.get(REDIRECT_FIELD_NAME) or request.GET.get(REDIRECT_FIELD_NAME, "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else reverse("admin:index")
