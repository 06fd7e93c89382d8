"""Releases: dated folders of files, docs/releases.md. `building` first."""
