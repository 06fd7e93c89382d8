from modeltranslation.translator import TranslationOptions, register

from .models import LanguageModel


@register(LanguageModel)
class LanguageModelTranslation(TranslationOptions):
    fields = ("description", "size_description", "did_you_know")
