"""The three files of the existing site: the way in, and the way back. docs/legacy.md says what each column becomes."""
