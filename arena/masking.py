"""Before the reveal, a model that says who it is stays unnamed: its name becomes a block. Pure; the rows keep the text.

Only where it speaks of itself: within some words of “je suis”, “my name is”, “I was trained by”, of a signature, or
before “m’a créé”. The Mistral wind and the history of Google are left alone. What is hidden does not depend on which
model speaks, so that a model that takes itself for another is hidden alike.
"""

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

BLOCK = "█████"

WINDOW = 80  # characters from “je suis” to a name
BESIDE = 30  # from “a model”, which the speaker is, to its maker's name, without a comma
CLOSE = 12  # and to a name that is also an everyday word
LONGEST_WORD = 40  # characters; longer ones are neither names nor words of ours
LONGEST_GAP = 3  # characters between the words of one saying
LONGEST_NAME = 60

_word = re.compile(r"[^\W_]+")
_numbered = re.compile(r"([a-z]+)\d\w{0,5}")
_sentence_end = re.compile(r"[\n!?…]|\.\s")
_commas = frozenset(",;:()—")
_joints = frozenset(" -._/\u00a0\u202f") | {""}


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# All words are folded: no accents, no capitals; an apostrophe parts two words.
MODELS = _words(
    """mistral mixtral ministral magistral codestral devstral pixtral gemma gemini bard lamda palm qwen qwq llama claude
    gpt chatgpt copilot deepseek grok phi command aya kimi glm chatglm yi nova nemotron olmo tulu hermes falcon jamba
    smollm apertus lucie croissantllm eurollm teuken granite jais ernie minimax hunyuan doubao exaone internlm vicuna
    alpaca bloom starcoder viking poro chocolatine lfm"""
)
ORGANISATIONS = _words(
    """openai anthropic google deepmind meta facebook microsoft amazon apple alibaba tencent baidu bytedance moonshot
    zhipu cohere mistral nvidia xai allenai huggingface eleutherai bigscience ibm databricks linagora minimax deepseek
    lighton"""
)
EVERYDAY = _words(
    """claude gemini mistral llama nova phi command aya hermes lucie falcon granite palm bard bloom viking alpaca yi
    trinity poro nous liquid meta apple swiss copilot"""
)
"""Names that are also words or first names: hidden only where hardly anything stands between."""
QUALIFIERS = _words(
    """large medium small tiny nano mini lite light flash pro ultra max turbo plus fast next preview instruct chat coder
    thinking think reasoning sonnet opus haiku nemo saba scout maverick expanse oss ai ia cloud research labs"""
)

SELF = [
    *("je suis", "je ne suis", "m appelle", "me nomme", "mon nom est", "moi c est", "appelez moi", "en tant que"),
    *("en tant qu", "i am", "i m", "my name is", "my name s", "call me", "i go by", "as an ai"),
    *("jeg er", "jeg hedder", "mit navn er", "som en ai", "jag ar", "jag heter", "mitt namn ar"),
    *("as esu", "mano vardas", "ich bin", "ich heisse", "mein name ist", "yo soy", "me llamo", "mi nombre es"),
    *("io sono", "mi chiamo"),
]
SIGNATURES = ["cordialement", "bien a vous", "signe", "signed", "sincerely", "regards", "venlig hilsen", "halsningar"]
_MADE = {
    "par": "cree creee concu concue developpe developpee entraine entrainee fabrique construit propose produit",
    "by": "developed created trained made built designed produced powered provided",
    "af": "udviklet skabt trænet lavet",
    "av": "utvecklad utvecklats skapad skapats tranad tranats",
    "von": "entwickelt erstellt trainiert",
    "por": "desarrollado creado entrenado",
    "da": "sviluppato creato addestrato",
}
MAKERS = [f"{done} {by}" for by, words in _MADE.items() for done in words.split()] + [
    *("mane sukure", "sukurtas", "apmokytas", "named", "called", "nomme", "nommee", "appele", "appelee"),
]
"""What opens a name only in a sentence that speaks of itself."""
CREATORS = [
    f"{mine} {maker}"
    for mine, makers in (
        ("mes", "createurs developpeurs concepteurs"),
        ("mon", "createur developpeur concepteur"),
        ("my", "creator creators developer developers maker makers"),
    )
    for maker in makers.split()
]
FIRST_PERSON = _words("je j me m moi mon i my jeg mig mit min jag mitt esu mane mano ich mein soy yo sono io")
MACHINE = _words(
    """ia ai assistant assistante modele model chatbot llm intelligence programme program modell sprogmodel sprakmodell
    modelis asistente modelo"""
)
GENERIC = QUALIFIERS | MACHINE | _words("the le la les open lab institute group inc language team")
"""No name of a model begins with these alone."""
AFTER = frozenset(
    tuple(saying.split())
    for saying in [
        *(f"m a {done}" for done in ("cree", "concu", "developpe", "entraine", "fabrique", "construit")),
        *(f"{done} me" for done in ("created", "developed", "trained", "made", "built", "designed")),
        *("est mon nom", "is my name", "mon createur", "my creator", "a votre service", "at your service"),
        *("har skabt mig", "har udviklet mig", "har skapat mig", "har utvecklat mig", "mane sukure"),
    ]
)
"""What follows a name that is the speaker's, or its maker's."""
_after_begins = frozenset(saying[:length] for saying in AFTER for length in range(1, len(saying)))
_openings: dict[str, list[tuple[tuple[str, ...], str]]] = {}
for _kind, _sayings in (("self", SELF), ("signature", SIGNATURES), ("maker", MAKERS), ("creator", CREATORS)):
    for _saying in _sayings:
        *_before, _last = _saying.split()
        _openings.setdefault(_last, []).append((tuple(_before), _kind))


def fold(word: str) -> str:
    """Without accents nor capitals."""
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c))


@dataclass(frozen=True)
class Names:
    """The folded words that name models and their makers; `qualifiers` may follow them."""

    models: frozenset[str]
    organisations: frozenset[str]
    qualifiers: frozenset[str]
    beginnings: frozenset[str] = field(repr=False)
    notable: frozenset[str] = field(repr=False)
    """Words that name or open something: in most answers there is none, and the others are passed over quickly."""

    def __hash__(self) -> int:
        return hash((self.models, self.organisations))

    def stem(self, word: str) -> str:
        """The name that a folded word holds, a version glued to it left out; else empty."""
        if word in self.models or word in self.organisations:
            return word
        numbered = None if word.isalpha() else _numbered.fullmatch(word)
        return self.stem(numbered[1]) if numbered else ""

    def may_begin(self, word: str) -> bool:
        """Whether a name may begin with these folded characters, the first ones of a word."""
        return word in self.beginnings or bool(self.stem(word))


@lru_cache(maxsize=8)
def names(catalogue: tuple[tuple[str, str, str], ...]) -> Names:
    """The names of a catalogue's (model, identifier, organisation), and those that are known to all."""
    models, organisations, qualifiers = set(MODELS), set(ORGANISATIONS), set(QUALIFIERS)
    for name, slug, organisation in catalogue:
        for text, heads in ((name, models), (slug, models), (organisation, organisations)):
            first, *rest = [fold(word) for word in _word.findall(text)] or [""]
            numbered = _numbered.fullmatch(first)
            head = numbered[1] if numbered and len(numbered[1]) > 1 else first
            if len(head) > 1 and not head.isdigit() and head not in GENERIC:
                heads.add(head)
            qualifiers.update(word for word in rest if len(word) > 1)
    every = models | organisations
    beginnings = {name[:length] for name in every for length in range(1, len(name) + 1)}
    notable = every | _openings.keys() | FIRST_PERSON | MACHINE
    return Names(*map(frozenset, (models, organisations, qualifiers, beginnings, notable)))


@lru_cache(maxsize=64)
def masked(text: str, known: Names) -> str:
    """A whole text as it may be shown."""
    masker = Masker(known)
    return masker.feed(text) + masker.finish()


class Masker:
    """Masks a text that comes by pieces: joined, what `feed` and `finish` return is `masked` of the joined pieces.

    Linear. What may still become a name is held back: a word or a few, else nothing.
    """

    def __init__(self, known: Names) -> None:
        self.has_masked = False
        self._known = known
        self._out: list[str] = []
        self._partial = ""  # a word of which the end has not come
        self._shown = 0  # characters of it that were given
        self._gap = ""  # the first characters since the last word
        self._dot = ""
        self._has_ended = False  # the sentence, since the last word
        self._at = 0  # characters seen
        self._opened = self._until = 0  # where names are hidden
        self._makers_until = 0  # and those of makers
        self._is_beside = self._is_signature = False
        self._about_self = 0  # for how many sentences yet
        self._recent: tuple[str, ...] = ()
        self._is_in_name = False  # a block was just given: what follows may belong to the name
        self._held = ""  # of it, or a name that may prove to be the speaker's, and what came since
        self._name_length = 0
        self._since_name: tuple[str, ...] = ()

    def feed(self, piece: str) -> str:
        """Takes the next characters; what may be shown now."""
        self._read(self._partial + piece, is_last=False)
        return self._given()

    def finish(self) -> str:
        """The end of what may be shown. `feed` must not be called again."""
        self._read(self._partial, is_last=True)
        self._release()
        return self._given()

    def _given(self) -> str:
        given = "".join(self._out)
        self._out.clear()
        return given

    def _read(self, text: str, is_last: bool) -> None:
        place = 0
        self._partial = ""
        for found in _word.finditer(text):
            if found.start() > place:
                self._take_gap(text[place : found.start()])
            place = found.end()
            if place == len(text) and not is_last:
                self._wait_for_the_end_of(found[0])
            else:
                self._take_word(found[0])
        if place < len(text):
            self._take_gap(text[place:])

    def _wait_for_the_end_of(self, word: str) -> None:
        is_long = len(word) > LONGEST_WORD
        if is_long:
            self._release()
        if is_long or not (self._is_in_name or self._held or self._known.may_begin(fold(word))):
            self._out.append(word[self._shown :])
            word = word[: LONGEST_WORD + 1]
            self._shown = len(word)
        self._partial = word

    def _take_gap(self, gap: str) -> None:
        if gap == " " and not (self._gap or self._dot or self._held or self._is_in_name):
            self._at += 1
            self._gap = gap
            self._out.append(gap)
            return
        self._at += len(gap)
        self._has_ended = self._has_ended or bool(_sentence_end.search(self._dot + gap))
        self._dot = "." if gap.endswith(".") else ""
        self._gap = (self._gap + gap)[: LONGEST_GAP + 1]
        if self._is_in_name or self._held:
            self._held += gap
            if self._has_ended or len(self._gap) > LONGEST_GAP:
                self._release()
        else:
            self._out.append(gap)

    def _take_word(self, word: str) -> None:
        gap, self._gap, self._dot = self._gap, "", ""
        rest, self._shown = word[self._shown :], 0
        if not (self._held or self._is_in_name or self._has_ended or self._is_beside) and word.isalpha():
            folded = fold(word)
            if folded not in self._known.notable and len(word) <= LONGEST_WORD:
                self._at += len(word)
                self._out.append(rest)
                self._recent = (*self._recent[-2:], folded)
                return
        if self._has_ended:
            self._end_sentence()
        if self._is_beside and not _commas.isdisjoint(gap):
            self._makers_until = 0
        self._at += len(word)
        folded = fold(word) if len(word) <= LONGEST_WORD else ""
        if not ((self._is_in_name or self._held) and self._goes_on(word, folded, gap)):
            self._take_other(word, rest, folded)
        self._listen(folded)

    def _goes_on(self, word: str, folded: str, gap: str) -> bool:
        """Whether the word belongs to the name before it, or to what is said after it; else that is let go."""
        is_short = len(self._held) < LONGEST_NAME
        if is_short and not self._since_name and gap in _joints and self._may_follow(word, folded):
            if self._is_in_name:
                self._held = ""
            else:
                self._held += word
                self._name_length = len(self._held)
            return True
        if is_short and not self._is_in_name:
            self._since_name += (folded,)
            if self._since_name in AFTER:
                self._hide(self._held[self._name_length :] + word)
                return True
            if self._since_name in _after_begins:
                self._held += word
                return True
        self._release()
        return False

    def _may_follow(self, word: str, folded: str) -> bool:
        if len(word) == 1:
            return word.isupper() or word.isdigit()
        is_version = len(word) < 9 and (word[0].isdigit() or (word[0] in "vVkKrRmMoO" and word[1].isdigit()))
        return is_version or folded in self._known.qualifiers or bool(self._known.stem(folded))

    def _take_other(self, word: str, rest: str, folded: str) -> None:
        name = folded and self._known.stem(folded)
        if not name:
            self._out.append(rest)
        elif self._is_hidden(name, word):
            self._hide()
            self._is_in_name = True
            self._opened = self._at
            self._until = self._makers_until = self._at + CLOSE  # “… of Google”: its maker's name may follow
        else:
            self._held, self._name_length = word, len(word)

    def _is_hidden(self, name: str, word: str) -> bool:
        start = self._at - len(word)
        if not self._until or start > self._until:
            return False
        if self._makers_until and start <= self._makers_until:
            return True
        distance = start - self._opened
        if name in EVERYDAY and (distance > CLOSE or (distance > 1 and not word[0].isupper())):
            return False
        return name in self._known.models

    def _hide(self, then: str = "") -> None:
        self.has_masked = True
        self._out += (BLOCK, then)
        self._held, self._since_name, self._name_length = "", (), 0

    def _release(self) -> None:
        if self._name_length:
            self._about_self = 0  # somebody else is spoken of
        self._out.append(self._held)
        self._name_length = 0
        self._held, self._since_name, self._is_in_name = "", (), False

    def _end_sentence(self) -> None:
        self._has_ended = False
        self._recent = ()
        self._about_self = max(0, self._about_self - 1)
        self._makers_until = 0
        if not self._is_signature:
            self._until = 0

    def _listen(self, folded: str) -> None:
        """Note what the word opens."""
        if folded in FIRST_PERSON:
            self._about_self = 2
        for before, kind in _openings.get(folded, ()):
            if before == self._recent[len(self._recent) - len(before) :] and (kind != "maker" or self._about_self):
                self._open(kind)
        if folded in MACHINE and self._opened < self._at <= self._until:
            self._open("beside")
        self._recent = (*self._recent[-2:], folded)

    def _open(self, kind: str) -> None:
        self._is_beside, self._is_signature = kind == "beside", kind == "signature"
        self._about_self = 2
        self._opened, self._until = self._at, self._at + WINDOW
        if kind in ("maker", "creator"):
            self._makers_until = self._until
        elif kind == "beside":
            self._makers_until = self._at + BESIDE
