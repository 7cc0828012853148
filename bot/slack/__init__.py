"""Slack: what comes from it (`inbound`), what goes to it (`chat`), and how a card looks there (`render`)."""
