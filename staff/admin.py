"""The journal: who entered, who failed to, who changed what, who took what away; the newest first. Nobody edits it."""

from django.contrib import admin
from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice

from .entering import forget
from .models import Event

admin.site.unregister(StaticDevice)  # its secrets are nobody's to see
admin.site.unregister([User, Group])

CHANGES = {str(ADDITION): _("Added"), str(CHANGE): _("Changed"), str(DELETION): _("Deleted")}
ON_A_PAGE = 100


@admin.register(Event)
class EventAdmin(admin.ModelAdmin):
    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        who, kind = request.GET.get("who", ""), request.GET.get("kind", "")
        page = Paginator(journal(who, kind), ON_A_PAGE).get_page(request.GET.get("p"))
        context = self.admin_site.each_context(request) | {
            "title": _("Journal of the staff"),
            "opts": self.opts,
            "page": page,
            "lines": [line(*row) for row in page],
            "kinds": [*Event.Kind.choices, *CHANGES.items()],
            "kind": kind,
            "who": who,
        }
        return render(request, "staff/journal.html", context)


def journal(who="", kind=""):
    """(at, who, kind, about, content type) of both logs; of one person, or of one kind."""
    events = Event.objects.annotate(type=Value(None, output_field=CharField()))
    changes = LogEntry.objects.annotate(type=Cast("content_type_id", CharField()))
    if who:
        events, changes = events.filter(who=who), changes.filter(user__username=who)
    if kind:
        events = events.filter(kind=kind)
        changes = changes.filter(action_flag=int(kind)) if kind in CHANGES else changes.none()
    columns = ("at", "name", "what", "about", "type")
    told = events.annotate(name=F("who"), what=F("kind")).values_list("at", "name", "what", "about", "type")
    done = changes.annotate(
        at=F("action_time"),
        name=F("user__username"),
        what=Cast("action_flag", CharField()),
        about=F("object_repr"),
    ).values_list(*columns)
    return told.union(done, all=True).order_by("-at")


def line(at, who, what, about, type_id):
    kind = CHANGES.get(what) or dict(Event.Kind.choices).get(what, what)
    model = ContentType.objects.get_for_id(int(type_id)).name if type_id else ""
    return {"at": at, "who": who, "kind": kind, "what": what, "about": about, "model": model}


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Who may edit accounts gives nobody, nor themselves, more rights than by the groups; superusers are their own."""

    actions = ["forget_second_factor"]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else [*fields, "is_superuser", "user_permissions"]

    def has_change_permission(self, request, obj=None):
        return self.is_theirs(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return self.is_theirs(request, obj) and super().has_delete_permission(request, obj)

    def get_queryset(self, request):
        found = super().get_queryset(request)
        return found if request.user.is_superuser else found.filter(is_superuser=False)

    def is_theirs(self, request, obj):
        return obj is None or request.user.is_superuser or not obj.is_superuser

    @admin.action(description=_("Remove a lost second factor"), permissions=["change"])
    def forget_second_factor(self, request, accounts):
        for account in accounts:
            forget(account, request.user)


@admin.register(Group)
class OurGroupAdmin(GroupAdmin):
    """What a group may do is a superuser's to say: whoever could, could give themselves everything."""

    def has_add_permission(self, request):
        return request.user.is_superuser

    has_change_permission = has_delete_permission = lambda self, request, obj=None: request.user.is_superuser
