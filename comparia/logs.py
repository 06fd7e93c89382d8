"""What a log may not hold: the codes that are in addresses."""

import logging
import re

CODES = re.compile(r"(/(?:recu|share|salle/cle|salle)/|[?&]code=)[^/\s?&]+")


class WithoutCodes(logging.Filter):
    """Hides receipts, with which a comparison can be withdrawn, and what opens shared pages and class rooms."""

    def filter(self, record):
        message = record.getMessage()
        hidden = CODES.sub(r"\1…", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True
