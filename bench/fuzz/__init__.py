"""Whatever a robot may send: every form of every page, every address, every message of the socket."""
