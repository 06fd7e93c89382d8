"""The seven tags of the published data, labelled in the five languages."""

from django.db import migrations

TAGS = [
    ("useful", "positive", "Utile", "Useful", "Nyttigt", "Användbart", "Naudinga"),
    ("complete", "positive", "Complète", "Complete", "Fyldestgørende", "Fullständigt", "Išsami"),
    ("creative", "positive", "Créative", "Creative", "Kreativt", "Kreativt", "Kūrybinga"),
    ("clear_formatting", "positive", "Bien présentée", "Well presented", "Overskueligt", "Tydligt upplagt", "Aiškiai pateikta"),
    ("incorrect", "negative", "Incorrecte", "Incorrect", "Forkert", "Felaktigt", "Neteisinga"),
    ("superficial", "negative", "Superficielle", "Superficial", "Overfladisk", "Ytligt", "Paviršutiniška"),
    ("instructions_not_followed", "negative", "Hors consigne", "Off the instructions", "Følger ikke opgaven", "Följer inte uppgiften", "Neatitinka užduoties"),
]


def create(apps, schema_editor):
    tags = apps.get_model("arena", "VoteTag").objects
    for order, (code, polarity, *labels) in enumerate(TAGS):
        names = {f"label_{language}": label for language, label in zip(("fr", "en", "da", "sv", "lt"), labels, strict=True)}
        tags.create(code=code, polarity=polarity, order=order, label=labels[0], **names)


class Migration(migrations.Migration):
    dependencies = [("arena", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
