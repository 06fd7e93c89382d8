"""What the rules against abuse stop and what they cost, on simulated visitors: `python -m bench.abuse`."""
