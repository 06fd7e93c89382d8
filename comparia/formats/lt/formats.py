"""Lithuanian: thousands apart by a no-break space, as the CLDR has it; Django has a point."""

THOUSAND_SEPARATOR = "\xa0"
