"""The container's health: exit code 0 if the site of this machine answers on /healthz."""

import os
import sys
import urllib.request


def main() -> None:
    """Ask as a visitor would: with a host that the site accepts."""
    host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".").replace("*", "localhost")
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/healthz"
    request = urllib.request.Request(address, headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=4) as answer:
            sys.exit(answer.status != 200)
    except OSError as error:
        sys.exit(f"No answer: {error}")


if __name__ == "__main__":
    main()
