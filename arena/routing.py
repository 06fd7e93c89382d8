from django.urls import path

from .consumers import ComparisonConsumer

urlpatterns = [
    path("ws/arene/<uuid:id>/", ComparisonConsumer.as_asgi()),
]
