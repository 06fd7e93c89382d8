"""Names of people who are not public: by what the visitor says just before them."""

import re
from collections.abc import Iterator

from .contract import UPPER, Found, any_of

WORD = rf"[{UPPER}][\w'’]{{1,25}}(?:-[{UPPER}]?[\w'’]{{1,25}}){{0,2}}"
PARTICLE = r"(?:de la|de|du|des|d['’]|van der|van|von|af|ben|bin|al|el|le|la|di|da|dos)"
FULL = rf"{WORD}(?:[ \u00a0](?:{PARTICLE}[ \u00a0])?(?:{WORD}|[{UPPER}]\.)){{0,3}}"
LOWER = r"[^\W\d_]{2,25}(?:-[^\W\d_]{2,25})?"

MY_NAME = any_of(
    "je m'appelle|je m’appelle|je me nomme|mon nom est|mon prénom est|mon nom c'est|moi c'est|moi c’est|"
    "je me prénomme|my name is|my name's|my name’s|i'm called|i am called|jeg hedder|mit navn er|"
    "jag heter|mitt namn är|mano vardas yra|mano vardas|mano vardas ir pavardė|aš vardu"
)
CALLED = re.compile(rf"(?<!\w)(?i:{MY_NAME})[ \u00a0:]{{1,3}}({FULL})")
CALLED_LOWER = re.compile(rf"(?<!\w)(?i:{MY_NAME})[ \u00a0:]{{1,3}}({LOWER})(?: ({LOWER}))?(?: ({LOWER}))?(?!\w)")
I_AM = re.compile(
    rf"(?<!\w)(?i:je suis|i'm|i am|i’m|jeg er|jag är|aš esu|je soussigné|je soussignée|the undersigned|undertegnede|"
    rf"undertecknad|aš,)[ \u00a0]({WORD}[ \u00a0](?:{PARTICLE}[ \u00a0])?{WORD}(?:[ \u00a0]{WORD})?)(?!\w)"
)
RELATIVE = any_of(
    "mon mari|mon époux|mon fils|mon frère|mon père|mon copain|mon compagnon|mon ami|mon voisin|mon collègue|"
    "mon patron|mon neveu|mon cousin|mon chef|ma femme|mon épouse|ma fille|ma sœur|ma soeur|ma mère|ma copine|"
    "ma compagne|mon amie|ma voisine|ma collègue|ma nièce|ma cousine|ma grand-mère|mon grand-père|"
    "my husband|my wife|my son|my daughter|my brother|my sister|my mother|my father|my boyfriend|my girlfriend|"
    "my friend|my neighbour|my neighbor|my colleague|my coworker|my co-worker|my boss|my nephew|my niece|my cousin|"
    "min mand|min kone|min søn|min datter|min bror|min søster|min mor|min far|min kæreste|min ven|min veninde|"
    "min nabo|min kollega|min chef|min man|min fru|min son|min dotter|min syster|min mamma|min pappa|min sambo|"
    "min vän|min kompis|min granne|mano vyras|mano vyrui|mano žmona|mano sūnus|mano sūnui|mano dukra|mano dukrai|"
    "mano brolis|mano sesuo|mano draugas|mano draugė|mano kaimynas|mano kaimynė|mano kolega|mano kolegė"
)
RELATED = re.compile(rf"(?<!\w)(?i:{RELATIVE}),?(?: (?i:jo vardas|jos vardas|named|called|nommé|nommée))? ({FULL})")
LABELLED = re.compile(
    rf"(?:^|[\n.,:;(] ?)(?i:nom|prénom|prénom et nom|nom et prénom|nom, prénom|nom complet|name|full name|first name|"
    rf"last name|navn|fulde navn|namn|fullständigt namn|vardas|vardas ir pavardė|vardas, pavardė|livraison|"
    rf"destinataire|ship to|deliver to|leveres til|levereras till|pristatyti|mes coordonnées|my details|"
    rf"mine oplysninger|mina uppgifter|mano duomenys)\s?[:=]\s{{0,2}}({FULL})(?=\s{{0,2}}[\n,.;)]|$)"
)
HEADED = re.compile(rf"^(?i:cv|curriculum vitae|resume)\n({FULL})\n")
GREETING = any_of(
    "cordialement|bien cordialement|bien à vous|amicalement|respectueusement|salutations distinguées|"
    "sincères salutations|meilleures salutations|best regards|kind regards|regards|sincerely|yours sincerely|"
    "yours faithfully|yours truly|best wishes|med venlig hilsen|venlig hilsen|mvh|kærlig hilsen|"
    "med vänlig hälsning|med vänliga hälsningar|vänliga hälsningar|vänlig hälsning|hälsningar|pagarbiai|su pagarba|"
    "nuoširdžiai"
)
SIGNED = re.compile(
    rf"(?<!\w)(?i:{GREETING})[ \u00a0]?[,.!]?[ \u00a0]{{0,2}}\n\s{{0,4}}({FULL})[ \u00a0]{{0,3}}(?=\n|$)"
)
CIVILITY = re.compile(
    rf"(?<!\w)(?:M\.|MM\.|Mr\.?|Mrs\.?|Ms\.?|Mme|Mlle|Monsieur|Madame|Mademoiselle|monsieur|madame|"
    rf"[Dd]octeur|Dr\.?|dr\.?|Maître|Me|[Hh]err|[Hh]r\.?|[Ff]ru|[Ff]røken|[Ff]rk\.?|[Ff]röken|[Pp]onas|[Pp]onia|"
    rf"[Pp]onui|[Pp]oniai|[Gg]ydytojas|[Gg]ydytoja)[ \u00a0]({FULL})"
)
STOPS = """
    je tu il elle et ou mais où que qui quoi comment quand pas bien un une le la les de des du en au aux à ai suis
    es est veux voudrais cherche habite viens vais ans j'ai dans pour avec sur mon ma mes and or but how what who
    in on at the a an i am is want would live from to of for with my not og eller men hvad hvordan er jeg vil som
    på i til fra med min mit og har och eller men vad hur är jag vill som på till från med min mitt har ir ar bet
    kaip kas aš noriu man esu iš į su japoniškai ne yra
"""
NOT_NAMES = frozenset(STOPS.split())
FAMOUS = """
    Macron Hollande Sarkozy Chirac Mitterrand Zemmour Mélenchon Bardella Attal Barnier Bayrou Trump Biden Obama
    Putin Poutine Merkel Starmer Frederiksen Kristersson Nausėda Musk Bovary Darcy Bennet Dalloway Holmes Watson
    Jourdain Propre Clean Hyde Jekyll Bean Nobody President Speaker Bond Internet Google Charlie Batman Claude
    ChatGPT Gemini Mistral
"""
PUBLIC = frozenset(FAMOUS.split())


def find(text: str, language: str, by_visitor: bool) -> Iterator[Found]:
    """In what a visitor wrote only: how they name themselves, their family and friends, and how they sign, are
    certain; a name after "Mr" or "Mrs" may be anyone's, and is for a person to judge."""
    if not by_visitor:
        return
    for source, pattern in (("called", CALLED), ("called", I_AM), ("related", RELATED), ("labelled", LABELLED),
                            ("labelled", HEADED), ("signed", SIGNED)):  # fmt: skip
        for match in pattern.finditer(text):
            if is_private(match[1]):
                yield Found(*match.span(1), "name", f"name.{source}")
    for match in CALLED_LOWER.finditer(text):
        end = end_of_name(match)
        if end:
            yield Found(match.start(1), end, "name", "name.called")
    for match in CIVILITY.finditer(text):
        if is_private(match[1]):
            yield Found(*match.span(1), "name", "name.civility", is_certain=False)


def is_private(name: str) -> bool:
    return not PUBLIC & set(re.split(r"[ \u00a0-]", name))


def end_of_name(match: re.Match[str]) -> int:
    """Where a name typed without capitals ends: before the first word that goes on with the sentence. 0: no name."""
    end = 0
    for number in (1, 2, 3):
        word = match[number]
        if not word or word.lower() in NOT_NAMES or not is_private(word):
            break
        end = match.end(number)
    return end
