"""How we live: platforms, web, clock, engine and the wiring between them."""
