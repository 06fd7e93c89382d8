"""One question to one endpoint, for the staff: the answer as it comes, and its figures. Nothing of it is saved."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from . import answering, checking, costs, providers
from .providers import ErrorCode

MAX_TOKENS = 1024
LONGEST_ANSWER = 20_000  # characters

ADVICE = {
    ErrorCode.TIMEOUT: _("Nothing came in time. Check that the provider is up; a large model may still be starting."),
    ErrorCode.OVERLOADED: _(
        "The provider refused the connection, is overloaded, or limits our calls. Try again in a minute; if it lasts, "
        "check the address and the quota."
    ),
    ErrorCode.CONTEXT_TOO_LONG: _(
        "The provider finds the question too long for the model. Check the system prompt and the maximum of tokens."
    ),
    ErrorCode.CONTENT_FILTERED: _("A filter of the provider blocked the answer. Try another question."),
    ErrorCode.EMPTY_ANSWER: _(
        "The answer came without any text. Check the template and the stop strings of the model; if it reasons, "
        "it may have used up its tokens before answering."
    ),
    ErrorCode.MISCONFIGURED: _(
        "The provider refused the call. 401 or 403: the key is wrong, or lacks a right. 402: no credit is left. "
        "404: the name of the model or the address is wrong. No number: the address leads nowhere."
    ),
    ErrorCode.INTERRUPTED: _("The provider cut the answer before its end. Try again; if it lasts, tell the provider."),
    ErrorCode.UNKNOWN: _(
        "The provider failed, or its answer cannot be understood. Check the protocol and the additional fields of the "
        "request; a status of 500 or more is the provider’s own trouble."
    ),
}


@dataclass(slots=True)
class Figures:
    """What a trial measured; complete once it is over. `code` is that of the failure, if there was one."""

    first_token_seconds: float | None = None
    seconds: float = 0
    input_tokens: int | None = None
    output_tokens: int = 0
    is_estimate: bool = True
    finish_reason: str = ""
    code: str = ""
    detail: str = ""

    @property
    def tokens_per_second(self):
        """While it wrote; None if that was too short to tell."""
        if self.first_token_seconds is None or self.seconds - self.first_token_seconds < 0.05:
            return None
        return self.output_tokens / (self.seconds - self.first_token_seconds)

    @property
    def advice(self):
        return ADVICE[self.code] if self.code else ""


async def answer(endpoint, prompt, figures):
    """Yield the provider's chunks, filling the figures; a failure is told there and nowhere else."""
    messages = [{"role": "system", "content": endpoint.system_prompt}] if endpoint.system_prompt else []
    limits = providers.Limits(
        temperature=endpoint.temperature,
        max_tokens=min(endpoint.max_tokens, MAX_TOKENS),
        first_token_seconds=settings.ARENA_FIRST_TOKEN_SECONDS,
        silence_seconds=settings.ARENA_SILENCE_SECONDS,
        max_chars=LONGEST_ANSWER,
    )
    started, characters, usage = time.monotonic(), 0, None
    try:
        asked = [*messages, {"role": "user", "content": prompt}]
        async for chunk in providers.stream(answering.callable_endpoint(endpoint), asked, limits):
            if figures.first_token_seconds is None and (chunk.text or chunk.reasoning):
                figures.first_token_seconds = time.monotonic() - started
            characters += len(chunk.text) + len(chunk.reasoning)
            usage = chunk.usage or usage
            figures.finish_reason = chunk.finish_reason or figures.finish_reason
            yield chunk
    except providers.ProviderError as error:
        figures.code, figures.detail = error.code, error.detail
    figures.seconds = time.monotonic() - started
    if characters:
        counted = costs.tokens(usage, characters)
        figures.input_tokens, figures.output_tokens = counted.get("input_tokens"), counted["output_tokens"]
        figures.is_estimate = counted["token_source"] == "estimate"
    await checking.keep(endpoint.pk, figures.code)
