from django.urls import path

from . import api, openapi, views

urlpatterns = [
    path("modeles/", views.models, name="models"),
    path("modeles/comparer/", views.compare, name="compare-models"),
    path("modeles/journal/", views.register, name="register"),
    path("modeles/<str:slug>/", views.sheet, name="model"),
    path("api/v1/openapi.json", openapi.description, name="api-description"),
    path("api/v1/models/", api.models, name="api-models"),
    path("api/v1/models/<str:slug>/", api.model, name="api-model"),
    path("api/v1/events/", api.events, name="api-events"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
    path("robots.txt", views.robots, name="robots"),
]
