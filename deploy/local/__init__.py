"""Everything that runs the site on one machine: services, local models, the launcher of ``make run``."""
