from django.urls import path

from . import views

urlpatterns = [
    path("ranking/", views.ranking, name="ranking"),
    path("ranking/energie/", views.energy, name="ranking-energy"),
    path("ranking/energie.svg", views.energy_picture, name="ranking-energy-picture"),
    path("ranking/comparer/", views.pair, name="ranking-compare"),
    path("ranking/<str:one>/<str:other>/", views.pair, name="ranking-pair"),
]
