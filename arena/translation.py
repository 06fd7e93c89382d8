from modeltranslation.translator import TranslationOptions, register

from .models import VoteTag


@register(VoteTag)
class VoteTagTranslation(TranslationOptions):
    fields = ("label",)
