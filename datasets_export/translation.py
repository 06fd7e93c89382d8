from modeltranslation.translator import TranslationOptions, register

from .models import Reuse


@register(Reuse)
class ReuseTranslation(TranslationOptions):
    fields = ("description",)
