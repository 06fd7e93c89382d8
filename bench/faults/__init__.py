"""Things broken on purpose under load, and whether the site lost what it had acknowledged. docs/guarantees.md."""
