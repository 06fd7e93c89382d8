from django.urls import path, re_path
from django.views.generic import RedirectView

from . import contact, editorial_views, legal, news_views, statements, views

urlpatterns = [
    path("modalites/", legal.terms, name="terms"),
    path("mentions-legales/", legal.legal_notice, name="legal-notice"),
    path("donnees-personnelles/", legal.personal_data, name="personal-data"),
    path("accessibilite/", statements.accessibility, name="accessibility"),
    path("ecoconception/", statements.eco_design, name="eco-design"),
    path("plan-du-site/", statements.site_map, name="site-map"),
    path("contact/", contact.contact, name="contact"),
    path("news/", news_views.news, name="news"),
    path("news/atom.xml", news_views.feed, name="news-feed"),
    path("news/<slug:slug>/", news_views.news_item, name="news-item"),
    path("product/", RedirectView.as_view(pattern_name="product", permanent=True), {"tab": "comparator"}),
    path("product/<slug:tab>/", editorial_views.product, name="product"),
    path("duel/", editorial_views.duel, name="duel"),
    path("duel/fiche/", editorial_views.duel_sheet, name="duel-sheet"),
    path(".well-known/security.txt", views.security, name="security-txt"),
    path("couleurs/<str:colour>.css", views.colours, name="portal-colours"),
    re_path(r"^media/(?P<name>(?:portals|logos|news)/[\w.-]+\.webp)$", views.picture, name="picture"),
]
