"""The French portal, which answers where no other does, and the first version of its terms of use."""

from django.db import migrations
from django.utils import timezone

TERMS = {
    "fr": """\
compar:IA est un service public gratuit, ouvert à toutes et à tous, sans compte.

* **Vos questions, les réponses et vos votes sont publiés** comme données ouvertes, sous licence ouverte Etalab 2.0, sans votre nom.
* **N’écrivez aucune donnée personnelle** : ni la vôtre, ni celle d’une autre personne.
* **Vérifiez ce que disent les IA** : leurs réponses peuvent être fausses ou partiales.

Le site ne conserve pas votre adresse IP. Un cookie, lu par ce seul site, relie vos comparaisons entre elles. Il ne contient
qu’une valeur tirée au hasard. Un code, remis avec votre premier vote, permet de retirer une comparaison des données.
""",
    "en": """\
compar:IA is a free public service, open to everyone, without an account.

* **Your questions, the answers and your votes are published** as open data, under the Etalab 2.0 open licence, without your name.
* **Write no personal data**: neither yours nor anyone else’s.
* **Check what AIs say**: their answers can be wrong or biased.

The site does not keep your IP address. A cookie, read by this site alone, links your comparisons together. It holds nothing
but a random value. A code, given with your first vote, lets you withdraw a comparison from the data.
""",
}


def create(apps, schema_editor):
    portal = apps.get_model("portals", "Portal").objects.create(
        code="fr",
        name="compar:IA",
        hosts=["comparia.beta.gouv.fr"],
        languages=["fr", "en"],
        default_language="fr",
        objective=300_000,
        electricity_zone="FRA",
        is_default=True,
    )
    legal_version = apps.get_model("portals", "LegalVersion")
    for language, text in TERMS.items():
        legal_version.objects.create(portal=portal, kind="terms", language=language, text=text, published_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("portals", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
