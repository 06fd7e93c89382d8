"""Both sides of a question asked again at once."""

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from . import asking, limits
from .models import Side, Turn
from .views import changed_turn, owned, refusable, too_many
from .visitors import recognised


@recognised
@refusable
@require_POST
def retry_both(request, id, number):
    comparison = owned(request, id)
    get_object_or_404(Turn, comparison=comparison, number=number)
    wait = limits.charge(request, comparison.room_id)
    if wait:
        return too_many(request, wait)
    asking.retry(comparison, number, *Side.values)
    return changed_turn(request, comparison, number)
