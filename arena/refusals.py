"""What a visitor asks that cannot be done: a sentence that says why and what to do, and an HTTP status."""

from django.utils.translation import gettext_lazy as _


class Refused(Exception):
    """Nothing was changed. `message` is for the visitor, in their language; `status` is an HTTP status of the 400s.

    `prompt` is a question that can be asked in a new comparison instead.
    """

    def __init__(self, message, status=409, prompt=""):
        super().__init__(status)
        self.message = message
        self.status = status
        self.prompt = prompt


class Busy(Refused):
    """This process has no room, or leaves: in `wait` seconds it, or another one, can do what was asked."""

    def __init__(self, wait):
        super().__init__(BUSY, 503)
        self.wait = wait


BUSY = _("Many people are asking questions at this moment. Nothing was lost: yours is still here.")
REVEALED = _("The models of this comparison are revealed: it is closed. You can start a new one.")
NOT_FINISHED = _("Both answers must be finished first. Wait a moment, or stop them.")
SIDE_FAILED = _("One of the two answers is missing: ask for it again, or reveal the models without voting.")
ALREADY_VOTED = _("You have already voted on these answers: they can no longer be asked again.")
NOTHING_TO_RETRY = _("This answer did not fail: it cannot be asked again.")
NOT_LAST = _("Only the answers to your last question can be asked again.")
ANOTHER_QUESTION = _("Another question was already sent in this comparison. Reload the page to see it.")
VOTE_FIRST = _("Vote first: the models are revealed after your vote.")
SENT_ELSEWHERE = _("This form was already used from another browser. Reload the page and send your question again.")
NO_MODELS = _("No model can answer at the moment. Your question was not sent: try again in a few minutes.")
MODELS_GONE = _("A model that you chose is no longer available. Choose another one.")
ERASED = _("This comparison was erased. You can start a new one.")
TOO_MANY_RECEIPTS = _("Too many codes were tried from your connection. Nothing was lost: try again in an hour.")
MOST_TURNS = _("This comparison has as many questions as it can hold. Yours can be asked in a new one.")
TOO_LONG_TO_GO_ON = _(
    "This conversation would become too long for its models. Your question can be asked in a new one."
)
ROOM_LEFT = _(
    "The class room is closed, or you left it: your question was not sent. Outside of it, what you write is published."
)
ROOM_CLOSED = _("The class room is closed: nothing can be asked nor voted in it any more.")
TOO_MANY_ROOM_CODES = _("Too many wrong codes were tried from your connection. Nothing was lost: try again in an hour.")
TOO_MANY_ROOMS = _("Many class rooms were opened from here. Use one that is open, or try again in an hour.")
NO_DUEL = _("No question was asked yet in this class room.")
NEXT_QUESTION = _("The class is on another question now. Your vote was not counted.")
WAIT_FOR_REVEAL = _("Reveal the models of this question first, then ask the next one.")
