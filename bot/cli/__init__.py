"""What an administrator types in a terminal: one file for each thing one wants to do, imported when it is done."""
