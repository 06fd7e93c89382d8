"""``python -m deploy.local COMMAND``: what the Makefile calls."""

import sys
from pathlib import Path

from .progress import say, speak_plainly

ROOT = Path(__file__).resolve().parents[2]


def run() -> None:
    """Run the whole site until Ctrl-C."""
    from .launcher import main

    main(ROOT)


def worker() -> None:
    """Run one more worker against the services of ``run``."""
    from .launcher import worker

    worker(ROOT)


def manage() -> None:
    """A command of the site against the services of ``run``: manage createsuperuser, manage seed_demo --votes 200 …"""
    from .launcher import manage

    manage(ROOT, ["manage.py", *sys.argv[2:]])


def models() -> None:
    """Serve the local models, from weights that ``run`` or ``weights`` brought."""
    from .models_server import main

    main(ROOT / "var" / "models")


def weights() -> None:
    """Download the weights of the local models."""
    from .weights import ensure

    ensure(ROOT / "var" / "models")


def browser() -> None:
    """Make sure that the browser tests have a browser."""
    from .browser import ensure

    ensure()


def messages() -> None:
    """Collect the texts to translate, then compile them."""
    from .messages import collect

    collect(ROOT)
    compile()


def compile() -> None:
    """Compile the translations that changed."""
    from .messages import compile_messages

    say(f"{compile_messages(ROOT)} translation file(s) compiled")


COMMANDS = {command.__name__: command for command in (run, worker, manage, models, weights, browser, messages, compile)}

if __name__ == "__main__":
    command = COMMANDS.get(sys.argv[1] if sys.argv[1:] else "")
    if command is None:
        sys.exit("\n".join(f"python -m deploy.local {name:10}{run.__doc__}" for name, run in COMMANDS.items()))
    speak_plainly(command)
