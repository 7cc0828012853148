"""The door for other systems: HTTP and JSON, with a token that acts for an author."""
