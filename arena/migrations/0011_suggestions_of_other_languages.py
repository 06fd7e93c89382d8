"""Questions to start from, in Danish, Swedish and Lithuanian."""

from django.db import migrations

FIRST = {
    "understand": {
        "tides": (
            "Forklar, hvorfor der er ebbe og flod, som du ville for [et barn på otte år].",
            "Förklara varför det blir ebb och flod, som för [ett barn på åtta år].",
            "Paaiškinkite, kodėl jūroje būna potvynių ir atoslūgių, taip, kad suprastų [aštuonerių metų vaikas].",
        ),
        "inflation": (
            "Hvad er inflation, og hvad betyder den for [en pensionist]?",
            "Vad är inflation, och vad betyder den för [en pensionär]?",
            "Kas yra infliacija ir ką ji reiškia [pensininkui]?",
        ),
        "how-ai-writes": (
            "Hvordan skriver en kunstig intelligens en sætning? Uden fagsprog, på [ti linjer].",
            "Hur skriver en artificiell intelligens en mening? Utan facktermer, på [tio rader].",
            "Kaip dirbtinis intelektas parašo sakinį? Be specialių terminų, [dešimčia eilučių].",
        ),
        "vaccine": (
            "Hvordan virker en vaccine [af mRNA-typen]? Sammenlign med noget fra hverdagen.",
            "Hur fungerar ett vaccin [av mRNA-typ]? Jämför med något från vardagen.",
            "Kaip veikia [iRNR] vakcina? Palyginkite su kuo nors iš kasdienybės.",
        ),
    },
    "write": {
        "letter-landlord": (
            "Skriv et høfligt brev, hvor jeg beder min udlejer om at [reparere varmtvandsbeholderen].",
            "Skriv ett artigt brev där jag ber min hyresvärd att [laga elementen].",
            "Parašykite mandagų laišką buto savininkui su prašymu [sutaisyti katilą].",
        ),
        "speech": (
            "Skriv en tale på to minutter til [en kollega, der går på pension].",
            "Skriv ett tal på två minuter till [en kollega som går i pension].",
            "Parašykite dviejų minučių kalbą [į pensiją išeinančiai kolegei].",
        ),
        "two-sentences": (
            "Opsummér [Den lille Havfrue af H.C. Andersen] i to sætninger.",
            "Sammanfatta [Nils Holgerssons underbara resa av Selma Lagerlöf] i två meningar.",
            "Dviem sakiniais nupasakokite [Kristijono Donelaičio „Metus“].",
        ),
        "small-ad": (
            "Skriv en ærlig og sjov annonce for at sælge [en gammel cykel].",
            "Skriv en ärlig och rolig annons för att sälja [en gammal cykel].",
            "Parašykite sąžiningą ir linksmą skelbimą: parduodu [seną dviratį].",
        ),
    },
    "imagine": {
        "city-without-cars": (
            "Forestil dig en helt almindelig dag i [Aarhus] i 2050 uden en eneste bil.",
            "Föreställ dig en vanlig dag i [Göteborg] år 2050, utan en enda bil.",
            "Įsivaizduokite eilinę dieną [Kaune] 2050 metais be nė vieno automobilio.",
        ),
        "poem": (
            "Skriv et digt på rim om [regn i november].",
            "Skriv en rimmad dikt om [regn i november].",
            "Parašykite rimuotą eilėraštį apie [lapkričio lietų].",
        ),
        "fable": (
            "Opfind en fabel, hvor [en robot møder et pindsvin].",
            "Hitta på en fabel där [en robot möter en igelkott].",
            "Sugalvokite pasakėčią apie [robotą ir ežį].",
        ),
        "riddle": (
            "Find på en gåde, hvor svaret er [et ur], og giv derefter to ledetråde.",
            "Hitta på en gåta där svaret är [en klocka], och ge sedan två ledtrådar.",
            "Sugalvokite mįslę, kurios atsakymas – [laikrodis], ir duokite dvi užuominas.",
        ),
    },
    "daily-life": {
        "dinners": (
            "Foreslå tre enkle og billige aftensmåltider med [linser, gulerødder og æg].",
            "Föreslå tre enkla och billiga middagar med [linser, morötter och ägg].",
            "Pasiūlykite tris paprastas ir nebrangias vakarienes iš [lęšių, morkų ir kiaušinių].",
        ),
        "balcony": (
            "Hvad kan man så i [marts] på en altan i skygge?",
            "Vad kan man så i [mars] på en skuggig balkong?",
            "Ką galima pasėti [kovą] pavėsingame balkone?",
        ),
        "budget": (
            "Hjælp en person, der har [18.000 kroner] om måneden efter skat, med at lægge et budget.",
            "Hjälp en person som har [18 000 kronor] i månaden efter skatt att göra en budget.",
            "Padėkite žmogui, kuris per mėnesį gauna [1 200 eurų], susiplanuoti išlaidas.",
        ),
        "train-weekend": (
            "Planlæg en weekend med tog til [Skagen] for en familie på fire.",
            "Planera en helg med tåg till [Abisko] för en familj på fyra.",
            "Suplanuokite keturių asmenų šeimai savaitgalio kelionę traukiniu į [Klaipėdą].",
        ),
    },
    "society": {
        "church-and-state": (
            "Hvordan adskiller forholdet mellem stat og kirke i Danmark sig fra det i [Sverige]?",
            "Hur skiljer sig förhållandet mellan stat och kyrka i Sverige från det i [Danmark]?",
            "Kuo valstybės ir bažnyčios santykiai Lietuvoje skiriasi nuo santykių [Lenkijoje]?",
        ),
        "moving-house": (
            "Hvad skal man huske, når man flytter [til en anden kommune]?",
            "Vad behöver man göra när man flyttar [till en annan kommun]?",
            "Ką reikia sutvarkyti persikraustant [į kitą savivaldybę]?",
        ),
        "debate": (
            "Giv de bedste argumenter for og imod [et forbud mod mobiltelefoner i skolen].",
            "Ge de bästa argumenten för och emot [mobilförbud i skolan].",
            "Pateikite geriausius argumentus už ir prieš [telefonų draudimą mokykloje].",
        ),
        "local-history": (
            "Fortæl en mindre kendt episode fra [Bornholms] historie, og sig, hvad der er usikkert.",
            "Berätta om en föga känd händelse i [Gotlands] historia, och säg vad som är osäkert.",
            "Papasakokite mažai žinomą [Žemaitijos] istorijos epizodą ir pasakykite, kas jame neaišku.",
        ),
    },
    "languages": {
        "idiom": (
            "Hvor kommer udtrykket [»at sluge en kamel«] fra, og hvordan ville man sige det på engelsk?",
            "Var kommer uttrycket [”att köpa grisen i säcken”] från, och hur säger man det på engelska?",
            "Iš kur kilo posakis [„pirkti katę maiše“] ir kaip jį pasakyti angliškai?",
        ),
        "neighbours": (
            "Oversæt til [færøsk]: »Velkommen, markedet åbner klokken otte.«",
            "Översätt till [nordsamiska]: ”Välkommen, marknaden öppnar klockan åtta.”",
            "Išverskite į [latvių] kalbą: „Sveiki atvykę, turgus atsidaro aštuntą valandą.“",
        ),
        "easy-to-read": (
            "Omskriv til letlæst dansk: [»Udbetaling finder sted under forudsætning af, at ansøgningen er fuldt oplyst.«]",
            "Skriv om på lättläst svenska: [”Utbetalning sker under förutsättning att ansökan är fullständig.”]",
            "Perrašykite lengvai suprantama kalba: [„Išmoka bus mokama su sąlyga, kad pateikti visi dokumentai.“]",
        ),
        "grammar": (
            "Forklar reglerne for [nutids-r] med tre eksempler og en øvelse.",
            "Förklara när man skriver [de och dem], med tre exempel och en övning.",
            "Paaiškinkite, kada rašoma [nosinė raidė], pateikite tris pavyzdžius ir vieną užduotį.",
        ),
    },
}


def create(apps, schema_editor):
    suggestions = apps.get_model("arena", "Suggestion").objects
    for category, questions in FIRST.items():
        for code, texts in questions.items():
            for language, text in zip(("da", "sv", "lt"), texts, strict=True):
                suggestions.get_or_create(
                    code=f"{code}-{language}", defaults={"language": language, "category": category, "text": text}
                )


class Migration(migrations.Migration):
    dependencies = [("arena", "0010_first_help_lines")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
