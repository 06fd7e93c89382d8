"""What the ranking says of the pairs that it needs, for the draw."""

from django.db import transaction

from .models import PairWeight


@transaction.atomic
def set_pair_weights(needs, at):
    """Replace all weights by these: {(model's id, model's id): weight}. How many there are now."""
    PairWeight.objects.bulk_create(
        [
            PairWeight(model_1_id=min(pair), model_2_id=max(pair), weight=weight, computed_at=at)
            for pair, weight in sorted(needs.items())
        ],
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["model_1", "model_2"],
        update_fields=["weight", "computed_at"],
    )
    PairWeight.objects.exclude(computed_at=at).delete()
    return len(needs)
