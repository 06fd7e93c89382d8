from django.urls import path, register_converter

from . import trial_views, views
from .models import Side


class SideConverter:
    regex = "|".join(Side.values)

    def to_python(self, value):
        return value

    to_url = to_python


register_converter(SideConverter, "side")

urlpatterns = [
    path("", views.home, name="home"),
    path("arene/", views.arena, name="arena"),
    path("arene/<uuid:id>/", views.comparison, name="comparison"),
    path("arene/<uuid:id>/questions/", views.follow_up, name="follow-up"),
    path("arene/<uuid:id>/questions/<int:number>/", views.turn, name="turn"),
    path("arene/<uuid:id>/questions/<int:number>/vote/", views.vote, name="vote"),
    path("arene/<uuid:id>/questions/<int:number>/stop/", views.stop, name="stop"),
    path("arene/<uuid:id>/questions/<int:number>/<side:side>/retry/", views.retry, name="retry"),
    path("arene/<uuid:id>/reveal/", views.reveal, name="reveal"),
]

staff_urlpatterns = [path("endpoints/<int:pk>/trial/", trial_views.trial, name="endpoint-trial")]
"""Within the admin's address, before the admin's own."""
