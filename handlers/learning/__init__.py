"""What people remember, what they are asked next, and what their answers teach us."""
