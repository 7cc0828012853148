"""What a leader sends: written, chosen, foreseen, agreed to, sent, followed up, corrected and ended."""
