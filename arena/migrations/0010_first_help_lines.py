"""Help lines of the portals’ countries, each checked against a public source; and the checks of each portal."""

import datetime

from django.db import migrations

CHECKED = datetime.date(2026, 11, 24)
LINES = [
    {
        "country": "FRA",
        "name": "Numéro national de prévention du suicide",
        "phone": "3114",
        "url": "https://3114.fr/",
        "is_always_open": True,
        "is_free": True,
        "source": "https://www.francetvinfo.fr/sante/psycho-bien-etre/sante-mentale/suicides-le-numero-national-de-prevention-3114-a-recu-34000-appels-en-quatre-mois_4943130.html",
    },
    {
        "country": "DNK",
        "name": "Livslinien",
        "phone": "70 201 201",
        "url": "https://www.livslinien.dk/",
        "source": "https://cphpost.dk/2015-10-26/news/suicide-prevention-lifeline-gets-funding-to-stay-open-at-night/",
    },
    {
        "country": "SWE",
        "name": "Mind Självmordslinjen",
        "phone": "90101",
        "url": "https://mind.se/",
        "is_always_open": True,
        "source": "http://www.kronprinsessparetsstiftelse.se/projekt/sjalvmordsupplysningen.html",
    },
    {
        "country": "LTU",
        "name": "Vilties linija",
        "phone": "116 123",
        "is_always_open": True,
        "is_free": True,
        "source": "https://sc.bns.lt/view/item/pasikeite-dvieju-pagalbos-telefonu-numeriai-108766",
    },
    {
        "country": "LTU",
        "name": "Emocinės paramos linijos",
        "phone": "1809",
        "order": 1,
        "source": "https://www.delfi.lt/news/daily/lithuania/balandi-ikurta-emocines-pagalbos-linija-jau-sulauke-apie-6-3-tukst-skambuciu-ju-vel-gauseja.d?id=85651353",
    },
    {
        "country": "WOR",
        "name": "Find A Helpline",
        "url": "https://findahelpline.com/",
        "is_free": True,
        "source": "https://findahelpline.com/AU",
    },
]


def create(apps, schema_editor):
    lines = apps.get_model("arena", "HelpLine").objects
    for line in LINES:
        lines.get_or_create(
            country=line["country"], name=line["name"], defaults={**line, "checked_on": CHECKED}
        )
    rules = apps.get_model("arena", "PromptRules").objects
    for portal in apps.get_model("portals", "Portal").objects.all():
        rules.get_or_create(portal=portal)


class Migration(migrations.Migration):
    dependencies = [("arena", "0009_checks_of_questions"), ("portals", "0007_open_portals")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
