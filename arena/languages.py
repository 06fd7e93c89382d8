"""In which language a question is written."""

FEWEST_LETTERS = 20


def detect(text):
    """An ISO 639-1 code; empty when there are too few letters to tell."""
    if sum(character.isalpha() for character in text[:200]) < FEWEST_LETTERS:
        return ""
    import py3langid  # loads its model at import: 40 ms that a process without a question need not spend

    return py3langid.classify(text[:2000])[0]
