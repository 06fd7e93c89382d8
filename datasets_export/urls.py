from django.urls import path

from . import api, views

urlpatterns = [
    path("datasets/", views.datasets, name="datasets"),
    path("datasets/<slug:name>/", views.release, name="dataset"),
    path("datasets/<slug:name>/<str:path>", views.file, name="dataset-file"),
    path("api/v1/datasets/", api.datasets, name="api-datasets"),
    path("api/v1/datasets/<slug:name>/", api.dataset, name="api-dataset"),
]
