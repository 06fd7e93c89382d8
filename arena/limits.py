"""How much may be asked by a visitor, from an address and in a class room; how many codes may be wrong.

A school shares one address: its limits are high, and the visitor's do the work. Fresh cookies are new visitors of the
same address.
"""

from django.conf import settings

from portals.limiting import DAY, HOUR, Counter, charge, key_of, key_of_address

WRONG_RECEIPTS_PER_HOUR = 60  # a class that types its codes makes mistakes; who guesses needs 10²⁹ of them
WRONG_ROOMS_PER_HOUR = 500  # a whole school types them behind one address; there are 512,000 codes
ROOMS_PER_HOUR = 20  # opened by one browser
ROOMS_OF_AN_ADDRESS_PER_HOUR = 300
MICRO = 1_000_000  # dollars are counted in millionths: what a token costs is about one
TEN_MINUTES = 600


def of_question(request, room_id, characters, dollars):
    """The counters of one question: those of its visitor and of its address, and of the class room if it is in one."""
    whose = {
        "VISITOR": key_of("visitor", request.visitor_key),
        "ADDRESS": key_of_address(request),
    }
    if room_id:
        whose["ROOM"] = key_of("room", room_id)
    millionths = round(dollars * MICRO)
    return [
        counter
        for name, key in whose.items()
        for counter in (
            Counter(f"{key}:prompts", allowed(name, "PROMPTS_PER_HOUR")),
            Counter(f"{key}:characters", allowed(name, "CHARACTERS_PER_HOUR"), characters),
            Counter(f"{key}:hour", round(allowed(name, "DOLLARS_PER_HOUR") * MICRO), millionths),
            Counter(f"{key}:day", round(allowed(name, "DOLLARS_PER_DAY") * MICRO), millionths, DAY),
        )
    ]


def allowed(name, what):
    return getattr(settings, f"ARENA_{name}_{what}")


def thresholds(request):
    """Past one of them, a question comes with a proof of work: much from one address, or from everywhere."""
    return [
        Counter(f"{key_of_address(request)}:lately", settings.ARENA_PROOF_ADDRESS_PROMPTS, 1, TEN_MINUTES),
        Counter(key_of("site"), settings.ARENA_PROOF_SITE_PROMPTS, 1, 60),
    ]


def of_waiting(request):
    """A robot can wait many times at once, at no cost: only so many may come from an address."""
    return Counter(f"{key_of_address(request)}:waited", settings.ARENA_PROOF_WAITERS, 1, TEN_MINUTES)


def may_be_moderated(request):
    """Count one call of the moderation model. A question that is refused pays nothing, and is sent again: twice as many
    as questions; past that the model counts as away."""
    whose = {"VISITOR": key_of("visitor", request.visitor_key), "ADDRESS": key_of_address(request)}
    counters = [Counter(f"{key}:moderated", 2 * allowed(name, "PROMPTS_PER_HOUR")) for name, key in whose.items()]
    return charge(counters).passes


def wrong_receipts(request, more=0):
    """Count so many more codes that are nobody's receipt; the seconds to wait before trying another, else 0."""
    return charge([Counter(f"{key_of_address(request)}:receipts", WRONG_RECEIPTS_PER_HOUR, more)]).wait


def wrong_rooms(request, more=0):
    """Count so many more codes that are no room's; the seconds to wait before another may be tried, else 0."""
    return charge([Counter(f"{key_of_address(request)}:wrong-rooms", WRONG_ROOMS_PER_HOUR, more)]).wait


def opened_room(request):
    """Count one room opened; the seconds to wait if that is one too many, else 0."""
    return charge(
        [
            Counter(f"{key_of('visitor', request.visitor_key)}:rooms", ROOMS_PER_HOUR),
            Counter(f"{key_of_address(request)}:rooms", ROOMS_OF_AN_ADDRESS_PER_HOUR, 1, HOUR),
        ]
    ).wait
