"""The container's health: exit code 0 if the site of this machine answers on /healthz, or where the argument says."""

import os
import sys
import urllib.request

try:
    path = sys.argv[1] if sys.argv[1:] else "/healthz"
    with urllib.request.urlopen(f"http://127.0.0.1:{os.environ.get('PORT', '8000')}{path}", timeout=4) as answer:
        sys.exit(answer.status != 200)
except OSError as error:
    sys.exit(f"No answer: {error}")
