from django.urls import path

from . import views

urlpatterns = [
    path("modeles/<str:slug>/", views.sheet, name="model"),
]
