"""The site with a clock that another process sets: the file that CLOCK names holds the seconds to add to it.

time-machine moves what every module of the process reads of the time of day; monotonic time goes on, as when
the clock of a machine is set.
"""

import os
import threading
import time
from datetime import timedelta
from pathlib import Path

import time_machine

from comparia.asgi import application

__all__ = ["application"]
EVERY_SECONDS = 0.1


def follow(file):
    shown, jump = "0", None
    while True:
        wanted = file.read_text().strip() or shown
        if wanted != shown:
            if jump:
                jump.stop()
            jump = time_machine.travel(timedelta(seconds=float(wanted)))
            jump.start()
            shown = wanted
        time.sleep(EVERY_SECONDS)


threading.Thread(target=follow, args=[Path(os.environ["CLOCK"])], daemon=True).start()
