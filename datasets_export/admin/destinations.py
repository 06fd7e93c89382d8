"""Where releases go, and what came of each publication."""

from django.contrib import admin, messages
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from kombu.exceptions import OperationalError

from ..models import Destination, Publication
from ..publication import publishing, scheduling
from ..publication.forms import DestinationForm
from ..publication.sentences import sentence
from ..tasks import publish

Status = Publication.Status
BADGES = {Status.DONE: "right", Status.FAILED: "wrong", Status.UNDER_WAY: "unsure", Status.PENDING: "off"}
SHOWN = 10


def outcome(publication):
    """What came of it: a badge, the moment, then how far it is or why it stopped."""
    at = publication.finished_at or publication.started_at
    more = {Status.FAILED: sentence(publication.error_code), Status.UNDER_WAY: files_there(publication)}
    return format_html(
        '<span class="badge badge-{}">{}</span> {} {}',
        BADGES[publication.status],
        publication.get_status_display(),
        date_format(localtime(at), "SHORT_DATETIME_FORMAT") if at else "",
        more.get(publication.status, ""),
    )


def files_there(publication):
    sent, files = publication.progress.get("sent", {}), publication.progress.get("files")
    return f"{len(sent)}/{files}" if files else "–"


@admin.register(Destination)
class DestinationAdmin(admin.ModelAdmin):
    form = DestinationForm
    list_display = ["name", "kind", "last_outcome", "schedule", "is_active"]
    readonly_fields = ["key", "outcomes"]
    actions = ["publish_now", "test_connection"]

    class Media:
        css = {"all": ["comparia/admin.css"]}

    def get_fieldsets(self, request, obj=None):
        """Who may not change a key has nothing to type there."""
        can_change = self.has_change_permission(request, obj) or obj is None
        key = ["key", "new_secret"] if can_change else ["key"]
        return [
            (None, {"fields": [("name", "is_active"), "kind", "address", "place", ("account", "region")]}),
            (_("Key"), {"fields": key}),
            (_("When"), {"fields": ["every_days"]}),
            (_("What came of it"), {"fields": ["outcomes"]}),
        ]

    @admin.display(description=_("schedule"))
    def schedule(self, destination):
        if not destination.every_days:
            return _("by hand")
        days = destination.every_days
        return ngettext("every day", "every %(days)d days", days) % {"days": days}

    @admin.display(description=_("Key"))
    def key(self, destination):
        return _("stored, never shown") if destination and destination.encrypted_secret else _("none")

    def get_changelist_instance(self, request):
        """The last publication of each destination of the page, in one query."""
        changelist = super().get_changelist_instance(request)
        changelist.result_list = list(changelist.result_list)
        rows = Publication.objects.filter(destination__in=changelist.result_list).select_related("release")
        last = {row.destination_id: row for row in rows.order_by("destination_id", "-pk").distinct("destination_id")}
        for destination in changelist.result_list:
            destination.last = last.get(destination.pk)
        return changelist

    @admin.display(description=_("last publication"))
    def last_outcome(self, destination):
        last = destination.last
        return format_html("{} {}", last.tag, outcome(last)) if last else _("none yet")

    @admin.display(description=_("publications"))
    def outcomes(self, destination):
        if destination is None or destination.pk is None:
            return _("Once it is saved.")
        rows = destination.publications.select_related("release")[:SHOWN]
        lines = (
            (reverse("admin:datasets_export_publication_change", args=[row.pk]), row.tag, outcome(row)) for row in rows
        )
        return format_html_join("", '<div><a href="{}">{}</a> {}</div>', lines) or _("none yet")

    @admin.action(description=_("Publish the newest release now"), permissions=["change"])
    def publish_now(self, request, queryset):
        """The worker does it; without a broker, the next hourly job."""
        for destination in queryset:
            last = scheduling.done(destination).first()
            release = scheduling.newest(last.release if last else None)
            if release is None:
                self.message_user(request, _("No release was built yet."), messages.WARNING)
                return
            row = scheduling.asked(release, destination)
            told = {"release": row.tag, "destination": destination.name}
            if row.status == Status.DONE:
                self.message_user(request, _("%(destination)s: %(release)s is there already.") % told)
                continue
            try:
                publish.delay(row.pk)
            except OperationalError:
                text = _("%(destination)s: %(release)s will be published within the hour: no worker answers now.")
                self.message_user(request, text % told, messages.WARNING)
            else:
                text = _("%(destination)s: the publication of %(release)s has begun.")
                self.message_user(request, text % told, messages.SUCCESS)

    @admin.action(description=_("Test the connection"), permissions=["change"])
    def test_connection(self, request, queryset):
        for destination in queryset:
            code = publishing.check(destination)
            if code:
                text = format_html("{}: {}", destination.name, sentence(code))
                self.message_user(request, text, messages.ERROR)
            else:
                text = _("%(destination)s: the service answers and accepts the key. Nothing was written.")
                self.message_user(request, text % {"destination": destination.name}, messages.SUCCESS)


@admin.register(Publication)
class PublicationAdmin(admin.ModelAdmin):
    """To read: the publications are made by the destinations and their schedules."""

    list_display = ["release_and_revision", "destination", "came_of_it", "files", "tries", "next_try_at"]
    list_filter = ["status", "destination"]
    list_select_related = ["release", "destination"]
    fields = ["release_and_revision", "destination", "came_of_it", "files", "tries", "next_try_at", "link"]
    readonly_fields = fields

    class Media:
        css = {"all": ["comparia/admin.css"]}

    @admin.display(description=_("release"), ordering="release")
    def release_and_revision(self, publication):
        return publication.tag

    @admin.display(description=_("state"), ordering="status")
    def came_of_it(self, publication):
        return outcome(publication)

    @admin.display(description=_("files there"))
    def files(self, publication):
        return files_there(publication)

    @admin.display(description=_("address"))
    def link(self, publication):
        return format_html('<a href="{0}">{0}</a>', publication.url) if publication.url else "–"

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
