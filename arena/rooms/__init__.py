"""Class mode: a teacher opens a room, pupils join it with a code, and read, vote and discover together."""
