"""The page of the numbers: how a browser is let in, and every page as HTML, as CSV and as a drawn chart."""
