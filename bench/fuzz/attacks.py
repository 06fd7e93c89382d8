"""What hypothesis makes of them, and how it is sent. Nothing may answer 500, hang, or end in an error of the log."""

import http.client
import re
import secrets
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.urls import URLPattern, get_resolver
from hypothesis import strategies as st

from arena.tests import factories
from bench.fuzz.forms import forms_of

SECONDS = 30
"""Past which a request counts as a hang."""
BOUNDARY = "comparia-fuzz"
PLACE_IN_ROUTE = re.compile(r"<(?:(\w+):)?(\w+)>")
METHODS = ("GET", "POST", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "x" * 20)
HOSTILE = (
    *("\0", "\ud800", "\u202e", "A" * 70_000, "9" * 5_000, "-1", "1e999", "NaN", "٣", "𝟗", "%00", "%", "{}"),
    *("null", "[]", "../../etc/passwd", "<script>alert(1)</script>", "' OR 1=1 --", "\r\nX-Injected: 1", "💥" * 300),
    *(
        "2147483648",
        "9223372036854775808",
        "00000000-0000-0000-0000-000000000000",
        "a_better",
        "on",
        "fr",
        "9999-99-99",
    ),
)


@dataclass(frozen=True)
class Ground:
    """A running site, who we are there, the forms of its pages and words that mean something in addresses."""

    port: int
    cookie: str
    forms: tuple
    words: tuple
    sockets: tuple


def survey(site, pages, cookie):
    """The ground, from pages that are there: {name of a route: [addresses]}."""
    token = secrets.token_hex(16)
    ground = Ground(site.port, f"{cookie}; csrftoken={token}", (), (), ())
    forms, words = [], set()
    for path in (path for paths in pages.values() for path in paths):
        _status, body = send(ground, "GET", path)
        forms += forms_of(path, body.decode(errors="replace"))
        words |= {word for word in re.split(r"[/?&=]", path) if word}
    sockets = tuple(f"/ws{path}" for path in pages["comparison"])
    return Ground(site.port, ground.cookie, tuple(forms), tuple(sorted(words)), sockets)


def routes():
    """Every route's pattern, as "arene/<uuid:id>/"; of the admin only its door."""

    def below(patterns, before=""):
        for pattern in patterns:
            route = before + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield route
            elif not route.startswith("admin/"):
                yield from below(pattern.url_patterns, route)

    return [*below(get_resolver().url_patterns), "admin/login/"]


# --- Strategies ---------------------------------------------------------------------------------------


def texts():
    return st.one_of(
        st.sampled_from(HOSTILE), st.text(max_size=40), st.text(st.characters(max_codepoint=255), max_size=9)
    )


def paths(ground):
    """An address of the site, with words that mean something there, or anything."""
    word = st.one_of(st.sampled_from(ground.words), st.sampled_from(ground.words), texts())

    @st.composite
    def made(draw):
        route = draw(st.sampled_from(ROUTES))
        path = PLACE_IN_ROUTE.sub(lambda _match: quoted(draw(word)), re.sub(r"[\^$\\]|\(\?P<.*", "", route))
        query = draw(st.lists(st.tuples(st.sampled_from(NAMES), word), max_size=3))
        return f"/{path}" + (f"?{urlencode(query, errors='surrogatepass')}" if query else "")

    return made()


def submissions(ground):
    """A form as it would be sent, some of its fields changed, dropped, repeated or added."""
    by_name = sorted({name for form in ground.forms for name, _value in form.fields})

    @st.composite
    def made(draw):
        form = draw(st.sampled_from(ground.forms))
        fields = [field for field in form.fields if draw(st.integers(0, 9))]
        for _change in range(draw(st.integers(0, 4))):
            name = draw(
                st.one_of(st.sampled_from([name for name, _v in form.fields] or by_name), st.sampled_from(by_name))
            )
            if draw(st.booleans()):
                fields = [field for field in fields if field[0] != name]
            fields.append((name, draw(texts())))
        method = form.method if draw(st.integers(0, 9)) else draw(st.sampled_from(METHODS))
        return method, form.path, fields

    return made()


def bodies():
    """How fields are written: as a form, in parts, as parts that are broken, or bytes that mean nothing."""
    return st.sampled_from(("form", "form", "form", "parts", "broken", "bytes"))


def headers():
    names = ("HX-Request", "HX-Target", "HX-Current-URL", "Accept-Language", "Accept", "X-Forwarded-For", "Cookie")
    names += ("If-None-Match", "If-Modified-Since", "Range", "Referer", "Origin", "Content-Type", "Accept-Encoding")
    value = st.one_of(st.just("true"), texts()).map(lambda text: re.sub(r"[\r\n]", "", latin(text))[:8_000])
    return st.dictionaries(st.sampled_from(names), value, max_size=3)


def quoted(text):
    return quote(text, safe="", errors="surrogatepass")[:6_000]


def latin(text):
    return text.encode("utf-8", "surrogatepass").decode("latin-1")


# --- Sending ------------------------------------------------------------------------------------------


def send(ground, method, path, fields=(), written="form", more=()):
    """(status, body) of one request with the visitor's cookie and a token that holds."""
    token = re.search("csrftoken=(.*)", ground.cookie)[1]
    given = {"Host": f"127.0.0.1:{ground.port}", "Cookie": ground.cookie, "X-CSRFToken": token} | dict(more)
    body = None
    if method not in ("GET", "HEAD"):
        body, kind = encode(fields, written)
        given.setdefault("Content-Type", kind)
    elif fields:
        path += ("&" if "?" in path else "?") + urlencode(fields, errors="surrogatepass")
    connection = http.client.HTTPConnection("127.0.0.1", ground.port, timeout=SECONDS)
    try:
        connection.putrequest(method, path[:60_000], skip_host=True, skip_accept_encoding=True)
        for name, value in given.items():
            connection.putheader(name, value.encode("latin-1"))
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def encode(fields, written):
    if written == "form":
        return urlencode(fields, errors="surrogatepass").encode(), "application/x-www-form-urlencoded"
    if written == "bytes":
        return repr(fields).encode(errors="surrogatepass"), "application/octet-stream"
    parts = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode(
            errors="surrogatepass"
        )
        for name, value in fields
    )
    end = b"" if written == "broken" else f"--{BOUNDARY}--\r\n".encode()
    return parts + end, f"multipart/form-data; boundary={BOUNDARY}"


def point_models_at(url):
    """Every model of the ground answers at once, so that questions go all the way."""
    from models_catalog.models import Endpoint

    Endpoint.objects.update(base_url=url, api_model_id="quick-a")
    factories.tags()


ROUTES = routes()
NAMES = sorted(
    {name for route in ROUTES for _kind, name in PLACE_IN_ROUTE.findall(route)} | {"page", "i", "c", "v", "next"}
)
