from django.urls import path

from . import teaching_views, views

urlpatterns = [
    path("", teaching_views.rooms, name="rooms"),
    path("guide/", teaching_views.guide, name="room-guide"),
    path("cle/<str:link>/", teaching_views.take, name="room-link"),
    path("<str:room>/", views.room, name="room"),
    path("<str:room>/entrer/", views.join, name="room-join"),
    path("<str:room>/direct/", views.live, name="room-live"),
    path("<str:room>/vote/", views.vote, name="room-vote"),
    path("<str:room>/ecran/", teaching_views.screen, name="room-screen"),
    path("<str:room>/ecran/direct/", teaching_views.live, name="room-screen-live"),
    path("<str:room>/question/", teaching_views.ask, name="room-ask"),
    path("<str:room>/reveler/", teaching_views.reveal, name="room-reveal"),
    path("<str:room>/arreter/", teaching_views.stop, name="room-stop"),
    path("<str:room>/redemander/", teaching_views.retry, name="room-retry"),
    path("<str:room>/prolonger/", teaching_views.prolong, name="room-prolong"),
    path("<str:room>/fermer/", teaching_views.close, name="room-close"),
    path("<str:room>/fiche/", teaching_views.sheet, name="room-sheet"),
]
