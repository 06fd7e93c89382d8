"""What an editor types as an address is called by the server: nothing behind its own walls."""

import pytest

from models_catalog.addresses import is_address


@pytest.mark.parametrize(
    "address",
    [
        *("http://169.254.169.254/latest/meta-data", "https://169.254.169.254/v1", "https://127.0.0.1/v1"),
        *("https://10.0.0.8/v1", "https://192.168.1.2/v1", "https://[::1]/v1", "https://[fd00::1]/v1"),
        *("https://[::ffff:127.0.0.1]/v1", "https://localhost/v1", "https://a.localhost/v1", "https://redis:6379/"),
        *("https://site.svc.cluster.local/v1", "https://metadata.google.internal/v1", "https://2130706433/v1"),
        *("https://127.1/v1", "https://0x7f.1/v1", "https://0x7f000001/v1", "https://127.0.0.1./v1"),
        *("http://api.example.org/v1", "https://me:pw@example.org/v1", "ftp://example.org", "https://[::1/v1"),
    ],
)
def test_no_address_leads_inside(address):
    assert not is_address(address, local=False)


@pytest.mark.parametrize(
    "address", ["", "https://api.example.org/v1", "https://8.8.8.8/v1", "$LOCAL_MODELS_URL", "$VLLM_API_URL"]
)
def test_addresses_of_the_internet_and_those_that_the_operator_named_are_taken(address):
    assert is_address(address, local=False)


def test_a_local_machine_has_its_models_beside_it():
    assert is_address("http://127.0.0.1:9100/v1", local=True)
