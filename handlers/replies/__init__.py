"""What people write to leaders, and what leaders answer."""
