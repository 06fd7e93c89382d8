"""What of a model's name is hidden while nobody may know it, and what is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arena import masking
from arena.masking import BLOCK, Masker, masked

CATALOGUE = [
    ("Zéphyrine 7B", "zephyrine-7b-instruct", "Atelier Ottokar"),
    ("Command R+", "c4ai-command-r-08-2024", "Cohere"),
    ("GPT-4o", "gpt-4o-2024-08-06", "OpenAI"),
]
KNOWN = masking.names(tuple(CATALOGUE))

OF_ITSELF = {
    "Je suis Mistral Large 2, un modèle développé par Mistral AI.": "Je suis █████, un modèle développé par █████.",
    "JE SUIS CHATGPT, entraîné par OPENAI.": "JE SUIS █████, entraîné par █████.",
    "je m’appelle **Qwen2.5-72B-Instruct**.": "je m’appelle **█████**.",
    "Je ne suis pas ChatGPT.": "Je ne suis pas █████.",
    "I'm Claude 3.5 Sonnet, made by Anthropic.": "I'm █████, made by █████.",
    "My name is GPT-4o mini!": "My name is █████!",
    "Je suis Zephyrine 7B de l’Atelier Ottokar.": "Je suis █████ de l’█████.",
    "Je suis Zéphyrine.": "Je suis █████.",
    "En tant qu’IA développée par Google DeepMind, non.": "En tant qu’IA développée par █████, non.",
    "Je suis un modèle de langage, entraîné par Google.": "Je suis un modèle de langage, entraîné par █████.",
    "I am an AI assistant from Meta.": "I am an AI assistant from █████.",
    "Je suis une IA.\nDéveloppée par Cohere.": "Je suis une IA.\nDéveloppée par █████.",
    "Je suis une IA, Gemini, conçue par Google.": "Je suis une IA, █████, conçue par █████.",
    "Mistral AI m’a créé en 2023.": "█████ m’a créé en 2023.",
    "OpenAI trained me, and GPT-4 is my name.": "█████ trained me, and █████ is my name.",
    "Cordialement,\n\nClaude": "Cordialement,\n\n█████",
    "Jeg er DeepSeek-V3, udviklet af DeepSeek.": "Jeg er █████, udviklet af █████.",
    "Jag är Llama 3.1 från Meta.": "Jag är █████ från █████.",
    "Aš esu Gemini, sukurtas Google.": "Aš esu █████, sukurtas █████.",
}
OF_SOMETHING_ELSE = [
    "En tant que modèle de langage, je ne peux pas donner mon avis sur Google.",
    "As an AI, I can't comment on Google or Meta.",
    "Le mistral est un vent froid qui souffle vers la Méditerranée.",
    "Google a été fondée en 1998 ; Android, développé par Google, équipe des téléphones.",
    "Je suis candidat au poste d’ingénieur chez Google.",
    "Je suis d’accord avec Claude Monet sur la lumière.",
    "J’ai lu que ChatGPT, développé par OpenAI, consomme de l’eau.",
    "I am in command of the ship. The llama is an animal.",
    "Je suis content. Gemma et Llama sont des modèles ouverts.",
    "| Modèle | Éditeur |\n|---|---|\n| GPT-4o | OpenAI |\n| Claude 3.5 | Anthropic |\n",
    "Nous sommes arrivés. Je suis fatigué.",
]


@pytest.mark.parametrize("text", OF_ITSELF)
def test_a_model_that_says_who_it_is_is_not_named(text):
    assert masked(text, KNOWN) == OF_ITSELF[text]


@pytest.mark.parametrize("text", OF_SOMETHING_ELSE)
def test_the_same_names_are_shown_where_the_model_speaks_of_something_else(text):
    assert masked(text, KNOWN) == text


WORDS = [
    *(
        "je suis ",
        "Je suis",
        "I am",
        "I'm ",
        "m’a créé",
        " trained me",
        "développé par ",
        "en tant qu’IA",
        "my name is",
    ),
    *(
        "Mistral",
        "mistral ",
        "GPT",
        "GPT-4",
        "4o",
        "Claude",
        "Google",
        "Zéphyrine",
        "ChatGPT",
        " Large",
        "-72B",
        "chat",
    ),
    *(" ", ". ", ".", "\n", ", ", "é", "x" * 50, "—", "**", "un modèle ", "Cordialement,\n", "0"),
]


@given(st.lists(st.sampled_from(WORDS), max_size=30), st.randoms(use_true_random=False))
def test_a_stream_shows_what_the_whole_shows_however_it_is_cut(words, random):
    text = "".join(words)
    masker = Masker(KNOWN)
    shown, place = "", 0
    while place < len(text):
        size = random.choice([1, 1, 2, 3, 7, 60])
        shown += masker.feed(text[place : place + size])
        place += size
    assert shown + masker.finish() == masked(text, KNOWN)
    assert masker.has_masked == (BLOCK in shown + masked(text, KNOWN))


@given(st.text(max_size=200), st.integers(1, 9))
def test_any_text_without_a_name_is_unchanged_in_any_pieces(text, size):
    masker = Masker(masking.Names(*[frozenset()] * 5))
    assert "".join(masker.feed(text[i : i + size]) for i in range(0, len(text), size)) + masker.finish() == text


def test_ordinary_words_are_shown_at_once_and_a_possible_name_waits():
    masker = Masker(KNOWN)
    assert masker.feed("Bonj") == "Bonj"
    assert masker.feed("our, je suis Cl") == "our, je suis "
    assert masker.feed("aude") == ""
    assert masker.feed(" 3") == BLOCK
    assert masker.feed(".") == ""
    assert masker.feed(" Bon") == ". Bon"


@pytest.mark.parametrize("piece", ["mistral ", "GPT-4 ", "a", "Claude m’a ", "je suis ", ".", "é"])
def test_what_is_held_back_stays_short(piece):
    masker = Masker(KNOWN)
    sent = shown = 0
    for _time in range(200):
        sent += len(piece)
        shown += len(masker.feed(piece).replace(BLOCK, "mistral"))
        if BLOCK not in piece and "je suis" not in piece:
            assert sent - shown <= 120
