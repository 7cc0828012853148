"""What wakes the planner and the drainers; the rows are the truth, an engine is only a bell."""
