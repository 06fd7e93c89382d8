from django.urls import path

from . import api, views

urlpatterns = [
    path("ranking/", views.ranking, name="ranking"),
    path("ranking/energie/", views.energy, name="ranking-energy"),
    path("ranking/energie.svg", views.energy_picture, name="ranking-energy-picture"),
    path("ranking/comparer/", views.pair, name="ranking-compare"),
    path("ranking/preferences/", views.preferences, name="ranking-preferences"),
    path("ranking/methode/", views.method, name="ranking-method"),
    path("ranking/confiance/", views.trust, name="ranking-trust"),
    path("ranking/historique/", views.history, name="ranking-history"),
    path("ranking/export.<str:kind>", views.export, name="ranking-export"),
    path("ranking/<str:one>/<str:other>/", views.pair, name="ranking-pair"),
    path("api/v1/leaderboard/", api.boards, name="api-boards"),
    path("api/v1/leaderboard/<path:code>/history/", api.history, name="api-board-history"),
    path("api/v1/leaderboard/<path:code>/trust/", api.trust, name="api-board-trust"),
    path("api/v1/leaderboard/<path:code>/", api.board, name="api-board"),
]
