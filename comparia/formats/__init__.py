"""Where Django writes numbers otherwise than the country does."""
