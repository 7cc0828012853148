"""What we decide: the use cases, in plain Python; nothing here sends, stores or reads the time."""
