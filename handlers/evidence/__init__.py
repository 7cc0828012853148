"""What an auditor is given: one standard and period whole, and a sample of people that anybody can draw again."""
