from django.urls import path, re_path

from . import views

urlpatterns = [
    path("couleurs/<str:colour>.css", views.colours, name="portal-colours"),
    re_path(r"^media/(?P<name>(?:portals|logos)/[\w.-]+\.webp)$", views.picture, name="picture"),
]
