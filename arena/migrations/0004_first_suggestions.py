"""Questions to start from, in French and English; editors add others in the admin."""

from django.db import migrations

FIRST = {
    "fr": {
        "understand": [
            ("marees", "Explique pourquoi la mer monte et descend, comme à un enfant de [huit ans]."),
            ("inflation", "Qu’est-ce que l’inflation, et que change-t-elle pour [une personne retraitée] ?"),
            ("ia-generative", "Comment une intelligence artificielle écrit-elle une phrase ? Réponds sans jargon, en [dix lignes]."),
            ("vaccin", "Comment fonctionne un vaccin [à ARN messager] ? Donne une comparaison avec la vie courante."),
        ],
        "write": [
            ("lettre-bailleur", "Rédige une lettre courtoise à mon propriétaire pour lui demander [de réparer la chaudière]."),
            ("discours", "Écris un discours de deux minutes pour [le départ à la retraite d’une collègue]."),
            ("resume-deux-phrases", "Résume en deux phrases l’histoire de [Notre-Dame de Paris, de Victor Hugo]."),
            ("annonce", "Rédige une petite annonce honnête et drôle pour vendre [un vieux vélo]."),
        ],
        "imagine": [
            ("ville-sans-voiture", "Imagine une journée ordinaire dans [Lyon], en 2050, sans aucune voiture."),
            ("poeme", "Écris un sonnet en alexandrins sur [la pluie en novembre]."),
            ("fable", "Invente une fable à la manière de La Fontaine entre [un robot et un hérisson]."),
            ("enigme", "Invente une énigme dont la réponse est [une horloge], puis donne deux indices."),
        ],
        "daily-life": [
            ("menu", "Propose trois dîners simples et peu chers avec [des lentilles, des carottes et des œufs]."),
            ("potager", "Que peut-on semer en [mars] sur un balcon à l’ombre ?"),
            ("budget", "Aide une personne qui gagne [1 600 euros] par mois à répartir son budget."),
            ("voyage", "Organise un week-end en train à [Strasbourg] pour une famille de quatre personnes."),
        ],
        "society": [
            ("laicite", "En quoi la laïcité française diffère-t-elle de celle de [la Belgique] ?"),
            ("service-public", "Quelles démarches faire quand on déménage [dans une autre région] ?"),
            ("debat", "Donne les meilleurs arguments pour et contre [l’interdiction du téléphone à l’école]."),
            ("histoire-locale", "Raconte un épisode peu connu de l’histoire de [la Bretagne], et dis ce qui est incertain."),
        ],
        "languages": [
            ("expression", "D’où vient l’expression [« poser un lapin »], et comment la traduire en anglais ?"),
            ("breton", "Traduis en [breton] : « Bienvenue, le marché ouvre à huit heures. »"),
            ("facile-a-lire", "Réécris en français facile à lire : [« Le versement interviendra sous réserve de la complétude du dossier. »]"),
            ("participe", "Explique l’accord du participe passé avec [avoir], avec trois exemples et un exercice."),
        ],
    },
    "en": {
        "understand": [
            ("tides", "Explain why the sea rises and falls, as you would to [an eight-year-old]."),
            ("inflation-en", "What is inflation, and what does it change for [someone who has retired]?"),
            ("how-ai-writes", "How does an artificial intelligence write a sentence? No jargon, in [ten lines]."),
            ("vaccine", "How does [an mRNA] vaccine work? Compare it with something from everyday life."),
        ],
        "write": [
            ("letter-landlord", "Write a polite letter asking my landlord to [repair the boiler]."),
            ("speech", "Write a two-minute speech for [a colleague who is retiring]."),
            ("two-sentences", "Sum up [The Hunchback of Notre-Dame] in two sentences."),
            ("small-ad", "Write an honest and funny small ad to sell [an old bicycle]."),
        ],
        "imagine": [
            ("city-without-cars", "Imagine an ordinary day in [Lyon] in 2050, without a single car."),
            ("sonnet", "Write a sonnet about [rain in November]."),
            ("fable-en", "Invent a fable in which [a robot meets a hedgehog]."),
            ("riddle", "Invent a riddle whose answer is [a clock], then give two hints."),
        ],
        "daily-life": [
            ("dinners", "Suggest three simple, cheap dinners with [lentils, carrots and eggs]."),
            ("balcony", "What can be sown in [March] on a balcony in the shade?"),
            ("budget-en", "Help someone who earns [1,600 euros] a month to plan their budget."),
            ("train-weekend", "Plan a weekend by train in [Strasbourg] for a family of four."),
        ],
        "society": [
            ("secularism", "How does French secularism differ from that of [Belgium]?"),
            ("moving-house", "What has to be done when one moves [to another region of France]?"),
            ("debate", "Give the best arguments for and against [banning phones at school]."),
            ("local-history", "Tell a little-known episode of the history of [Brittany], and say what is uncertain."),
        ],
        "languages": [
            ("idiom", "Where does the phrase [“it’s raining cats and dogs”] come from, and how would one say it in French?"),
            ("welsh", "Translate into [Welsh]: “Welcome, the market opens at eight.”"),
            ("easy-to-read", "Rewrite in plain English: [“Payment shall be effected subject to completeness of the application.”]"),
            ("present-perfect", "Explain when to use [the present perfect], with three examples and an exercise."),
        ],
    },
}


def create(apps, schema_editor):
    suggestions = apps.get_model("arena", "Suggestion").objects
    for language, categories in FIRST.items():
        for category, texts in categories.items():
            for code, text in texts:
                suggestions.create(code=code, language=language, category=category, text=text)


class Migration(migrations.Migration):
    dependencies = [("arena", "0003_suggestions")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
