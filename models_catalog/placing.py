"""What the ranking says of each model, for its card and its sheet."""

from django.db import transaction

from .models import LanguageModel


@transaction.atomic
def place(summaries):
    """Replace the place of every model: {id: {"tier", "score", "interval", …}}; none for those that are not there.

    How many changed. `updated_at` stays: nobody changed the sheet.
    """
    changed = []
    for model in LanguageModel.objects.only("rank_summary").select_for_update():
        if model.rank_summary != summaries.get(model.pk):
            model.rank_summary = summaries.get(model.pk)
            changed.append(model)
    LanguageModel.objects.bulk_update(changed, ["rank_summary"], batch_size=200)
    return len(changed)
