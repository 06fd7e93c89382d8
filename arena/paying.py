"""A question is paid for before any model is called; what led to no question is given back."""

from portals import limiting

from . import costs, limits, metrics, proving
from .refusals import Refused


class MustWait(Refused):
    """A limit is reached: in `wait` seconds the question can be sent again. `whose` is visitor, address or room."""

    def __init__(self, wait, whose):
        super().__init__("", 429)
        self.wait = wait
        self.whose = whose


class NeedsProof(Refused):
    """Too many questions come: this one must show a proof. `problem` says why the one that it showed does not count."""

    def __init__(self, problem):
        super().__init__(problem, 429)


class Purse:
    """Pays for the question of one request, in a class room if any; whatever then goes wrong gives all of it back.

        with Purse(request, room_id) as purse:
            asking.begin(…, purse=purse)

    The verb that asks knows the models and what they must read: it pays, once it is sure that it will ask.
    """

    def __init__(self, request, room_id=None):
        self.request = request
        self.room_id = room_id
        self.paid = None

    def __enter__(self):
        return self

    def __exit__(self, error, *_details):
        if error is not None:
            self.give_back()

    def pay(self, models, characters):
        """For a question that models of these ids answer, each after reading so many characters.

        Raises MustWait or NeedsProof: nothing was then counted.
        """
        dollars = sum(costs.to_expect(model_id, characters) for model_id in models)
        counters = limits.of_question(self.request, self.room_id, characters, dollars)
        thresholds = limits.thresholds(self.request)
        shown = proving.shown(self.request.POST, self.request.visitor_key)
        if shown.is_wait:
            counters.append(limits.of_waiting(self.request))
        outcome = limiting.charge(counters, thresholds, shown.name, proving.GOOD_SECONDS)
        if outcome.over:
            metrics.REFUSED.labels(outcome.over.key.split(":")[1]).inc()
            raise MustWait(outcome.wait, outcome.over.key.split(":")[1])
        if outcome.needs_proof:
            metrics.REFUSED.labels("proof").inc()
            raise NeedsProof(proving.REPLAYED if outcome.is_replayed else shown.problem)
        self.paid = [*counters, *thresholds], shown.name

    def give_back(self):
        """No model will be called."""
        if self.paid:
            limiting.take_back(*self.paid)
        self.paid = None
