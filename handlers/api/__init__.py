"""What other systems ask on behalf of an author."""
