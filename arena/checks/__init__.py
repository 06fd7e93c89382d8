"""Questions are looked at before they are sent to the models: docs/checks.md."""
