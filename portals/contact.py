"""Writing to us: the message reaches the portal's mailbox, and the admin in any case. An address has a limit."""

import logging

from django import forms
from django.conf import settings
from django.core.mail import EmailMessage
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from . import limiting
from .models import Feedback

log = logging.getLogger(__name__)
TOO_MANY = _(
    "Many messages came from your network: yours was not sent yet, and is still here. Send it in %(minutes)d minutes."
)


class ContactForm(forms.ModelForm):
    website = forms.CharField(required=False, widget=forms.HiddenInput)
    """Which nobody sees: only a robot fills it in."""

    class Meta:
        model = Feedback
        fields = ["message", "email"]
        labels = {
            "message": _("Your message (required)"),
            "email": _("Your e-mail address, if you would like an answer"),
        }
        help_texts = {"email": _("For example: name@example.org")}
        widgets = {
            "message": forms.Textarea({"rows": 6, "maxlength": 4000}),
            "email": forms.EmailInput({"autocomplete": "email"}),
        }

    def clean_message(self):
        message = self.cleaned_data["message"]
        if len(message) > 4000:
            raise forms.ValidationError(_("Please keep your message under 4,000 characters."))
        return message


@require_http_methods(["GET", "HEAD", "POST"])
def contact(request):
    form = ContactForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "is_sent": "sent" in request.GET}
    if not form.is_valid():
        return render(request, "portals/contact.html", context, status=422 if form.errors else 200)
    if form.cleaned_data["website"]:
        return redirect(f"{reverse('contact')}?sent=1")
    if wait := too_many(request):
        form.add_error("message", TOO_MANY % {"minutes": -(-wait // 60)})
        response = render(request, "portals/contact.html", context, status=429)
        response.headers["Retry-After"] = str(wait)
        return response
    form.instance.portal, form.instance.language = request.portal, request.LANGUAGE_CODE
    send(form.save())
    return redirect(f"{reverse('contact')}?sent=1")


def too_many(request):
    """Count one message of this address; the seconds to wait if that is one too many, else 0."""
    key = f"{limiting.key_of_address(request)}:messages"
    return limiting.charge([limiting.Counter(key, settings.CONTACT_MESSAGES_PER_HOUR)]).wait


def send(feedback):
    """To the mailbox of the portal, if it has one. The row is there whatever happens to the mail."""
    if not feedback.portal.contact_email:
        return
    mail = EmailMessage(
        subject=gettext("A visitor wrote to %(portal)s") % {"portal": feedback.portal},
        body=feedback.message,
        to=[feedback.portal.contact_email],
        reply_to=[feedback.email] if feedback.email else None,
    )
    try:
        mail.send()
    except OSError as error:
        log.warning("message %s not sent by mail: %s", feedback.pk, type(error).__name__)
