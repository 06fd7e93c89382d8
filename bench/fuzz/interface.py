"""The read interface held against its own description by schemathesis.

Over httpx: its command line goes through urllib3, which niquests, a dependency of the site, replaces by another.
"""

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection

SECONDS = 30
UNSENT = (httpx.InvalidURL, httpx.LocalProtocolError, httpx.UnsupportedProtocol, UnicodeEncodeError)
"""What the client would not put on the wire."""


def interrogate(url, examples, number):
    """How many operations were asked. Raises what schemathesis says of the first answer that is not as described."""
    description = httpx.get(f"{url}/api/v1/openapi.json", timeout=SECONDS).json()
    operations = [found.ok() for found in schemathesis.openapi.from_dict(description).get_all_operations()]
    with httpx.Client(timeout=SECONDS) as client:
        for operation in operations:
            ask(client, url, operation, examples, number)
    return len(operations)


def ask(client, url, operation, examples, number):
    """Well-formed questions and others. A page that is no number may be answered: with the first one, on purpose."""
    asked = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in GenerationMode))

    def holds(case):
        try:
            response = client.request(**case.as_transport_kwargs(base_url=url))
        except UNSENT:
            return
        case.validate_response(response, excluded_checks=[negative_data_rejection])

    profile = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    profile(seed(number)(given(case=asked)(holds)))()
