"""How far the ranking can be trusted: the panel, and what each of its figures is computed by. docs/trust.md."""
