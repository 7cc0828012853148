"""What the quality lead and auditors read: counts, rates and how sure they are."""
