"""The pages of a portal that belong to no other application, and the error pages."""

from django.shortcuts import render


def home(request):
    return render(request, "portals/home.html")


def error(request, status):
    return render(request, f"{status}.html", status=status)


def bad_request(request, exception=None):
    return error(request, 400)


def forbidden(request, exception=None):
    return error(request, 403)


def not_found(request, exception=None):
    return error(request, 404)


def server_error(request):
    return error(request, 500)


def csrf_failure(request, reason=""):
    """A form sent from elsewhere, or with cookies refused: the page says what to do."""
    return error(request, 403)
