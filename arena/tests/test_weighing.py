"""What the ranking tells the draw."""

import pytest
from django.utils import timezone

from arena import weighing
from arena.models import PairWeight
from arena.tests import factories

pytestmark = pytest.mark.django_db


def test_weights_are_replaced_whole_and_pairs_stand_in_order():
    one, two, three = (factories.language_model().pk for _ in range(3))
    weighing.set_pair_weights({(two, one): 3.0, (one, three): 1.0}, timezone.now())
    weighing.set_pair_weights({(one, two): 2.0, (three, two): 5.0}, timezone.now())
    assert set(PairWeight.objects.values_list("model_1", "model_2", "weight")) == {(one, two, 2.0), (two, three, 5.0)}
    assert weighing.set_pair_weights({}, timezone.now()) == 0
    assert PairWeight.objects.count() == 0
