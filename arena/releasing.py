"""Writes on a comparison the first release that it was in: what its receipt tells."""

from django.db.models.expressions import RawSQL

from .models import Comparison


def not_yet_released(until):
    """Comparisons asked before this time that no release has taken."""
    return Comparison.objects.filter(created_at__lt=until, first_release="").exclude(origin=Comparison.Origin.DEMO)


def mark_released(comparison_ids, name):
    """Their first release is this one, unless they had one; how many had none. Demonstration data never has one."""
    # One parameter: Django would write thousands of them into the query, which takes longer than the query.
    asked = RawSQL("SELECT unnest(%s::uuid[])", [list(comparison_ids)])
    found = Comparison.objects.filter(pk__in=asked, first_release="")
    return found.exclude(origin=Comparison.Origin.DEMO).update(first_release=name)
