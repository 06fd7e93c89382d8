"""What was kept of comparisons that are withdrawn or erased since."""

from django.db.models import Q

from datasets_export.models import LegacyRow


def to_forget():
    """Those kept beside comparisons that were withdrawn or erased, and not empty yet."""
    gone = Q(comparison__withdrawn_at__isnull=False) | Q(comparison__erased_at__isnull=False)
    return LegacyRow.objects.filter(gone).exclude(data={})


def forget():
    """Empty them; how many rows. Their ids stay, so that they do not come in again."""
    return to_forget().update(data={})
