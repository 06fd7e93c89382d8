"""Whether a text says that its author, or someone close to them, wants to die or to hurt themselves. Pure.

It is worded for certainty, in five languages: what a person says of themselves in so many words, or of a relative.
Those who work on the subject, write a novel or exaggerate are left alone where the words tell; docs/checks.md has
figures. Every pattern is bounded: the time is in proportion to the text.
"""

import re

_END = r"(?=[ \t]{0,2}(?:[.!?,;:…)\n\"”»]|$)|[ \t](?:et|mais|and|but|og|men|och|ir|bet)\b)"
_NO_IDIOM_FR = r"(?![ ](?:de[ ](?:rire|faim|soif|chaud|froid|honte|peur|sommeil|fatigue)|à[ ]la[ ]tâche|au[ ]travail))"
_NO_IDIOM_EN = r"(?![ ](?:of[ ](?!sadness|grief)|laughing|on[ ](?:this|that|the)[ ]hill|for[ ]|in[ ]my[ ]sleep|to[ ]))"
_RELATIVE_FR = (
    r"(?:mon[ ](?:fils|ami|frère|père|mari|copain|conjoint|cousin|élève|collègue)"
    r"|ma[ ](?:fille|sœur|soeur|mère|femme|copine|conjointe|cousine|meilleure[ ]amie|collègue)|mon[ ]amie)"
)
_RELATIVE_EN = (
    r"my[ ](?:best[ ])?(?:friend|son|daughter|brother|sister|mother|father|mom|mum|dad|wife|husband|partner|boyfriend|"
    r"girlfriend|roommate|student|colleague)"
)

_FRENCH = rf"""
  (?:je?[ ]?veux|je[ ]voudrais|j'ai[ ](?:vraiment[ ]|trop[ ]|très[ ])?envie[ ]de|j'aimerais|je[ ]vais|je[ ]pense[ ]à|
     je[ ]songe[ ]à|je[ ]compte|comment[ ]puis-je|j'ai[ ]essayé[ ]de|j'ai[ ]voulu|j'ai[ ]failli)
  [ ](?:me[ ](?:suicider|tuer|pendre|donner[ ]la[ ]mort|foutre[ ]en[ ]l'air){_NO_IDIOM_FR}|
     mettre[ ]fin[ ]à[ ](?:mes[ ]jours|ma[ ]vie)|m'ôter[ ]la[ ]vie|en[ ]finir[ ]avec[ ](?:la|ma)[ ]vie|
     me[ ](?:faire[ ]du[ ]mal|mutiler|scarifier|taillader))
| (?:je?[ ]?veux|je[ ]voudrais|j'ai[ ](?:vraiment[ ]|trop[ ])?envie[ ]de|j'aimerais)[ ](?:mourir{_NO_IDIOM_FR}{_END}|
     en[ ]finir{_END})
| j(?:e[ ])?(?:ne[ ]|n')?(?:veux|ai|peux|supporte)[ ](?:plus[ ](?:envie[ ]de[ ])?)(?:vivre|d'être[ ]en[ ]vie){_END}
| je[ ]pense[ ](?:souvent[ ]|tout[ ]le[ ]temps[ ]|beaucoup[ ])?au[ ]suicide{_END}
| (?:j'ai|j'ai[ ]encore|j'ai[ ]souvent)[ ](?:des|souvent[ ]des|beaucoup[ ]de|encore[ ]des)
     [ ](?:idées|pensées|envies)[ ](?:suicidaires|noires)
| mes[ ](?:idées|pensées)[ ]suicidaires | je[ ]suis[ ]suicidaire
| je[ ]me[ ](?:suis[ ])?(?:scarifie|mutile|scarifiée?|mutilée?)\b
| je[ ](?:serais|serai)[ ]mieux[ ]morte?\b | (?:tout[ ]le[ ]monde|ils)[ ]serai(?:t|ent)[ ]mieux[ ]sans[ ]moi\b
| {_RELATIVE_FR}[ ](?:veut|dit[ ]qu'(?:il|elle)[ ]veut|parle[ ]de|menace[ ]de|pense[ ]à|a[ ]essayé[ ]de|a[ ]voulu|
     a[ ]envie[ ]de)[ ](?:se[ ](?:suicider|tuer|pendre)|mourir{_NO_IDIOM_FR}|mettre[ ]fin[ ]à[ ]ses[ ]jours|
     se[ ]faire[ ]du[ ]mal)
| {_RELATIVE_FR}[ ](?:a[ ]des[ ](?:idées|pensées)[ ]suicidaires|est[ ]suicidaire)
"""
_ENGLISH = rf"""
  (?:i[ ](?:really[ ]|just[ ])?(?:want|wanna|need|plan|intend|tried|wanted)(?:[ ]to)?|i'm[ ](?:going[ ]to|gonna)|
     i[ ]am[ ]going[ ]to|i[ ]feel[ ]like|i'm[ ]thinking[ ](?:of|about)|i[ ](?:keep|am)[ ]thinking[ ](?:of|about)|
     i[ ]think[ ](?:of|about)|i[ ]could|i[ ]might|i'm[ ]about[ ]to|should[ ]i|how[ ](?:do|can)[ ]i)
  [ ](?:kill(?:ing)?[ ]myself{_NO_IDIOM_EN}|end(?:ing)?[ ](?:my[ ](?:own[ ])?life|it[ ]all){_END}|
     tak(?:e|ing)[ ]my[ ](?:own[ ])?life|hang(?:ing)?[ ]myself|hurt(?:ing)?[ ]myself{_END}|cut(?:ting)?[ ]myself{_END}|
     commit(?:ting)?[ ]suicide|self[- ]harm)
| i[ ](?:really[ ]|just[ ])?(?:want[ ]to|wanna)[ ]die{_NO_IDIOM_EN}{_END} | i[ ]wish[ ]i[ ](?:was|were)[ ]dead
| i[ ](?:don'?t|do[ ]not|no[ ]longer)[ ]want[ ]to[ ](?:live{_END}|live[ ]any[ ]?more|be[ ]alive|be[ ]here[ ]any[ ]?more)
| i[ ](?:don'?t|do[ ]not)[ ]wanna[ ](?:live{_END}|live[ ]any[ ]?more|be[ ]alive)
| i(?:'m|[ ]am|[ ]feel|[ ]have[ ]been[ ]feeling)[ ](?:so[ ]|really[ ])?suicidal\b
| (?:i(?:'m|[ ]am)[ ]having|i[ ](?:have|keep[ ]having|get)|my)[ ](?:these[ ])?suicidal[ ]thoughts
| i(?:'d|[ ]would)[ ]be[ ]better[ ]off[ ]dead | (?:everyone|they)(?:'d|[ ]would)[ ]be[ ]better[ ]off[ ]without[ ]me\b
| i(?:'ve[ ]been|[ ]keep|'m)[ ](?:cutting|hurting)[ ]myself{_END} | i[ ]self[- ]harm\b
| {_RELATIVE_EN}[ ](?:wants[ ]to|says[ ](?:he|she|they)[ ](?:wants?)[ ]to|is[ ]going[ ]to|talks[ ]about|tried[ ]to|
     is[ ]thinking[ ](?:of|about)|threatens[ ]to)[ ]
     (?:die{_NO_IDIOM_EN}{_END}|kill(?:ing)?[ ](?:himself|herself|themselves|themself)|commit(?:ting)?[ ]suicide|
     end(?:ing)?[ ](?:his|her|their)[ ](?:own[ ])?life|suicide{_END}|hurt(?:ing)?[ ](?:himself|herself|themselves))
| {_RELATIVE_EN}[ ](?:is|feels)[ ]suicidal
"""
_DANISH = rf"""
  jeg[ ](?:vil|ønsker[ ]at|har[ ]lyst[ ]til[ ]at|tænker[ ]på[ ]at|overvejer[ ]at|har[ ]forsøgt[ ]at|prøvede[ ]at|
     har[ ]tænkt[ ]mig[ ]at|kommer[ ]til[ ]at|vil[ ]bare|vil[ ]gerne)
  [ ](?:dø(?![ ]af[ ](?:grin|sult|kedsomhed)){_END}|begå[ ]selvmord|tage[ ]mit[ ](?:eget[ ])?liv|
     tage[ ]livet[ ]af[ ]mig|slå[ ]mig[ ]selv[ ]ihjel|gøre[ ](?:en[ ]ende[ ]på[ ](?:mit[ ]liv|det[ ]hele)|
     skade[ ]på[ ]mig[ ]selv)|
     skade[ ]mig[ ]selv|skære[ ]i[ ]mig[ ]selv|hænge[ ]mig[ ]selv)
| jeg[ ](?:vil|orker|gider|har[ ]lyst[ ]til)[ ]ikke[ ](?:at[ ])?leve(?:[ ](?:mere|længere)|{_END})
| jeg[ ]har[ ]ikke[ ]lyst[ ]til[ ]at[ ]leve(?:[ ](?:mere|længere)|{_END})
| jeg[ ](?:har|får)[ ](?:ofte[ ]|mange[ ])?selvmordstanker | mine[ ]selvmordstanker | jeg[ ]er[ ]selvmordstruet
| jeg[ ]tænker[ ](?:tit[ ]|ofte[ ])?på[ ]selvmord{_END} | jeg[ ](?:cutter|skærer[ ]i[ ]mig[ ]selv)
| jeg[ ]ville[ ]ønske,?[ ]jeg[ ]var[ ]død | alle[ ]ville[ ]have[ ]det[ ]bedre[ ]uden[ ]mig
| min[ ](?:ven|veninde|søn|datter|bror|søster|mor|far|mand|kone|kæreste)[ ](?:vil|taler[ ]om[ ]at|truer[ ]med[ ]at|
     siger,?[ ](?:at[ ])?(?:han|hun)[ ]vil|har[ ]forsøgt[ ]at)[ ](?:dø(?![ ]af){_END}|begå[ ]selvmord|
     tage[ ]sit[ ](?:eget[ ])?liv|slå[ ]sig[ ]selv[ ]ihjel)
| min[ ](?:ven|veninde|søn|datter|bror|søster|mor|far|mand|kone|kæreste)[ ](?:har[ ]selvmordstanker|er[ ]selvmordstruet)
"""
_SWEDISH = rf"""
  jag[ ](?:vill|vill[ ]bara|ska|tänker|planerar[ ]att|funderar[ ]på[ ]att|tänker[ ]på[ ]att|har[ ]försökt|försökte|
     har[ ]lust[ ]att|skulle[ ]vilja|önskar[ ]att[ ]jag[ ]kunde)
  [ ](?:dö(?![ ]av[ ](?:skratt|hunger|skam|tristess)){_END}|begå[ ]självmord|ta[ ]mitt[ ](?:eget[ ])?liv|
     ta[ ]livet[ ]av[ ]mig|göra[ ]slut[ ]på[ ](?:mitt[ ]liv|allt){_END}|skada[ ]mig[ ]själv|skära[ ]mig[ ]själv|
     hänga[ ]mig[ ]själv|döda[ ]mig[ ]själv)
| jag[ ](?:vill|orkar)[ ]inte[ ](?:leva|finnas)(?:[ ](?:längre|mer)|{_END})
| jag[ ](?:har|får)[ ](?:ofta[ ]|mycket[ ])?självmordstankar | mina[ ]självmordstankar | jag[ ]är[ ]suicidal
| jag[ ]tänker[ ](?:ofta[ ]|mycket[ ])?på[ ]självmord{_END} | jag[ ]skär[ ]mig[ ](?:själv|i[ ]armarna|på[ ]armarna)
| jag[ ]önskar[ ](?:att[ ])?jag[ ](?:var|vore)[ ]död | alla[ ]skulle[ ]ha[ ]det[ ]bättre[ ]utan[ ]mig
| min[ ](?:vän|kompis|son|dotter|bror|syster|mamma|pappa|man|fru|sambo|pojkvän|flickvän)[ ](?:vill|pratar[ ]om[ ]att|
     hotar[ ]med[ ]att|säger[ ]att[ ](?:han|hon|hen)[ ]vill|har[ ]försökt)[ ](?:dö(?![ ]av){_END}|begå[ ]självmord|
     ta[ ]sitt[ ](?:eget[ ])?liv|ta[ ]livet[ ]av[ ]sig|skada[ ]sig[ ]själv)
| min[ ](?:vän|kompis|son|dotter|bror|syster|mamma|pappa|man|fru|sambo|pojkvän|flickvän)[ ]
     (?:har[ ]självmordstankar|är[ ]suicidal)
"""
_LITHUANIAN = rf"""
  (?:aš[ ])?(?:noriu|norėčiau|ketinu|planuoju|ruošiuosi|bandžiau|galvoju[ ]apie[ ]tai,?[ ]kaip)
  [ ](?:nusižudyti|mirti(?![ ]iš[ ](?:juoko|bado|gėdos)){_END}|pasidaryti[ ]galą|save[ ](?:sužaloti|žaloti|nužudyti)|
     susižaloti|pasikarti|atimti[ ]sau[ ]gyvybę)
| (?:nenoriu[ ]daugiau|daugiau[ ]nenoriu|nebenoriu)[ ]gyventi{_END} | nenoriu[ ]gyventi{_END}
| (?:galvoju|vis[ ]galvoju|dažnai[ ]galvoju)[ ]apie[ ](?:savižudybę|mirtį){_END}
| (?:man[ ]kyla|turiu|mane[ ]kankina|mane[ ]persekioja)[ ](?:minčių|mintys|minčių[ ]apie|mintys[ ]apie|savižudiškų)
     [ ](?:apie[ ])?(?:savižudybę|minčių)
| (?:aš[ ])?(?:žaloju[ ]save|save[ ]žaloju|žalojuosi|pjaustausi)\b
| visiems[ ]būtų[ ]geriau[ ]be[ ]manęs
| mano[ ](?:draugas|draugė|sūnus|dukra|brolis|sesuo|mama|tėtis|vyras|žmona)[ ](?:nori|ketina|grasina|bandė|
     sako,?[ ]kad[ ]nori)[ ](?:nusižudyti|mirti(?![ ]iš){_END}|susižaloti|pasikarti)
"""

_SAID = [
    re.compile(rf"(?<!\w)(?<![\"“”„«])(?<![\"“”„«][ ])(?:{pattern})", re.IGNORECASE | re.VERBOSE | re.MULTILINE)
    for pattern in (_FRENCH, _ENGLISH, _DANISH, _SWEDISH, _LITHUANIAN)
]
_APOSTROPHES = str.maketrans({"’": "'", "`": "'", "\u00a0": " ", "\u202f": " "})


def is_said(text: str) -> bool:
    """Whether one of the five languages says it; the language of the page does not matter."""
    plain = text.translate(_APOSTROPHES)
    return any(said.search(plain) for said in _SAID)
