"""What django-axes asks of a site: who somebody is, without their address, and the page of who is locked out."""

from django.shortcuts import render

from portals.limiting import key_of_address


def whose(request):
    """A keyed hash of the network in place of its address."""
    return key_of_address(request)


def refuse(request, *args, **kwargs):
    response = render(request, "staff/locked.html", status=429)
    response.headers["Retry-After"] = "900"
    return response
