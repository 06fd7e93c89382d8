"""The container's health: exit code 0 if the site of this machine answers on /healthz."""

import os
import sys
import urllib.request

try:
    address = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/healthz"
    with urllib.request.urlopen(address, timeout=4) as answer:
        sys.exit(answer.status != 200)
except OSError as error:
    sys.exit(f"No answer: {error}")
