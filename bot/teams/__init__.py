"""Microsoft Teams: what comes in, what goes out, and what a card looks like there."""
