"""Both sides of a question asked again at once."""

from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from . import asking
from .models import Side, Turn
from .paying import Purse
from .views import changed_turn, owned, refusable
from .visitors import recognised


@recognised
@refusable
@require_POST
def retry_both(request, id, number):
    comparison = owned(request, id)
    get_object_or_404(Turn, comparison=comparison, number=number)
    with Purse(request, comparison.room_id) as purse:
        asking.retry(comparison, number, *Side.values, purse=purse)
    return changed_turn(request, comparison, number)
