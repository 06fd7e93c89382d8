from arena.outcomes import write_outcomes  # noqa: F401
