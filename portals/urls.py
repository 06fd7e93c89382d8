from django.urls import path, re_path

from . import contact, legal, views

urlpatterns = [
    path("modalites/", legal.terms, name="terms"),
    path("mentions-legales/", legal.legal_notice, name="legal-notice"),
    path("donnees-personnelles/", legal.personal_data, name="personal-data"),
    path("contact/", contact.contact, name="contact"),
    path("couleurs/<str:colour>.css", views.colours, name="portal-colours"),
    re_path(r"^media/(?P<name>(?:portals|logos)/[\w.-]+\.webp)$", views.picture, name="picture"),
]
