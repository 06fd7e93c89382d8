"""Why a row of a file does not come in. Pure: the codes are kept with the rows, docs/legacy.md says them in words."""


class Refused(Exception):
    """A row that is not imported; `rule` says why, and nothing of what it holds."""

    def __init__(self, rule: str):
        super().__init__(rule)
        self.rule = rule


RULES = {
    "bad-timestamp": "no date, or not one",
    "no-pair": "no conversation_pair_id, or one that is too long",
    "nul-character": "a text holds the character U+0000, which no database keeps",
    "broken-character": "a text holds half a character, which no database keeps",
    "bad-model-name": "the name of a model is missing or is none",
    "same-model-twice": "both sides are the same model",
    "no-message": "a side has no message",
    "messages-unreadable": "the messages of a side are not what a conversation is",
    "messages-do-not-alternate": "a side's messages are not a question, an answer, a question…",
    "questions-differ": "the two sides were not asked the same questions",
    "empty-question": "a question is empty",
    "same-conversation-twice": "another row has this conversation_pair_id",
    "same-id-twice": "another row has this id",
    "no-conversation": "its conversation was not imported, or was withdrawn",
    "unknown-choice": "the chosen model is neither of the two",
    "contradictory-choice": "a model is chosen, and both are equal",
    "no-such-side": "model_pos is neither a nor b",
    "no-such-message": "the conversation has no answer there",
    "no-thumb": "neither liked nor disliked",
    "both-thumbs": "liked and disliked",
}
