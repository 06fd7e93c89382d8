"""Votes that no reader would give: pure rules over what was seen, and the job that sets aside what they find.

docs/abuse.md says what each rule promises, to whom it costs what, and what it cannot see.
"""
