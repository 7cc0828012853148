"""What vouches for the participation log: its chains, checkpoints kept outside, and exports that anybody can verify."""
