"""What a member of the staff comes to the door for, in a real Chromium, on a telephone."""

from base64 import b32decode

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from django_otp.oath import totp
from playwright.sync_api import expect

from arena.tests.conftest import own_site, scripted, site, site_process  # noqa: F401

from .conftest import PASSWORD

pytest_plugins = ["arena.tests.browser"]
pytestmark = pytest.mark.browser
TELEPHONE = {"width": 360, "height": 740}


def give_password(page):
    page.goto("/admin/")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def test_staff_set_up_their_second_factor_read_each_recovery_code_and_enter_by_one(visit, own_site):  # noqa: F811
    address = own_site(STAFF_SECOND_FACTOR="true", FIELD_KEYS=Fernet.generate_key().decode())
    User.objects.create_superuser("ada", password=PASSWORD)
    page = visit(at=address, viewport=TELEPHONE, locale="en-GB").page
    give_password(page)
    key = b32decode(page.locator(".door-key").inner_text().replace(" ", ""))
    page.get_by_label("Code").fill(f"{totp(key):06d}")
    page.get_by_role("button", name="Continue").click()
    codes = page.locator(".door-codes code")
    expect(codes).to_have_count(10)
    panel = page.locator("#container").bounding_box()
    for code in codes.all():
        box = code.bounding_box()
        assert box["x"] + box["width"] <= panel["x"] + panel["width"]
    kept = codes.first.inner_text()
    page.get_by_role("link", name="I kept them: go on").click()
    expect(page.get_by_role("heading", name="Site administration")).to_be_visible()

    page.context.clear_cookies()
    give_password(page)
    page.get_by_label("Code").fill(kept)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Site administration")).to_be_visible()
