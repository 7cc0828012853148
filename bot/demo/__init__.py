"""A year of a plausible company, lived through the real use cases on a clock that jumps."""
