"""What we say: cards, pieces, campaigns and the YAML packs they come from."""
