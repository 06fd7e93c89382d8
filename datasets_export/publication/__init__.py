"""From a folder of this machine to those who read it: one protocol, four doors. docs/publication.md says how."""
