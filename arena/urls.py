from django.urls import include, path, register_converter

from . import retrying, rights_views, sharing_views, trial_views, views
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
    path("arene/<uuid:id>/questions/<int:number>/retry/", retrying.retry_both, name="retry-both"),
    path("arene/<uuid:id>/questions/<int:number>/<side:side>/retry/", views.retry, name="retry"),
    path("arene/<uuid:id>/reveal/", views.reveal, name="reveal"),
    path("arene/<uuid:id>/share/", sharing_views.share, name="share"),
    path("share/<slug:token>/", sharing_views.shared, name="shared"),
    path("share/<slug:token>.png", sharing_views.picture, name="shared-picture"),
    path("share", sharing_views.old, name="shared-before"),
    path("arene/<uuid:id>/publication/", rights_views.publication, name="publication"),
    path("recu/", rights_views.find, name="find-receipt"),
    path("recu/<str:code>/", rights_views.receipt, name="receipt"),
    path("recu/<str:code>/retrait/", rights_views.withdrawal, name="withdrawal"),
    path("salle/", include("arena.rooms.urls")),
    path("mes-comparaisons/", rights_views.mine, name="my-comparisons"),
    path("mes-comparaisons/copie/", rights_views.copy, name="copy"),
    path("mes-comparaisons/effacer/", rights_views.erasure, name="erasure"),
]

staff_urlpatterns = [path("endpoints/<int:pk>/trial/", trial_views.trial, name="endpoint-trial")]
"""Within the admin's address, before the admin's own."""
