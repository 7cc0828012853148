"""What people may know and decide about what is held of them, and who may see individuals."""
