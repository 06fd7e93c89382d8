"""The forms of the admin, as a browser would send them back; and people of each rung of the ladder."""

from django.contrib.auth.models import Group, User
from django.utils import timezone

from . import factories

TEXTS = ("description", "size_description", "did_you_know", "known_limits")


def person(name, group=None, **fields):
    made = User.objects.create_user(name, password="a long password", **{"is_staff": True} | fields)
    if group:
        made.groups.add(Group.objects.get(name=group))
    return made


def complete_model(slug="m", status="review", **fields):
    """A model that lacks nothing before its publication in French."""
    texts = {f"{text}_fr": f"{text} en français." for text in TEXTS}
    model = factories.model(slug, served=False, status=status, **{"total_params": 8.0} | texts | fields)
    factories.endpoint(model, answered_at=timezone.now())
    for fact in ("total_params", "licence", "release_date"):
        model.sources.create(field=fact, url="https://acme.test/", date="2026-01-02")
    return model


def data_of(page):
    """What a browser sends if the form of this page is submitted as it is."""
    formsets = [inline.formset for inline in page.context.get("inline_admin_formsets") or []]
    forms = [page.context["adminform"].form, *(form for formset in formsets for form in formset.forms)]
    forms += [formset.management_form for formset in formsets]
    data = {}
    for form in forms:
        for field in form:
            value = field.value()
            if value is not None and value is not False:
                data[field.html_name] = value if isinstance(value, list | str) else field.field.prepare_value(value)
    return data
