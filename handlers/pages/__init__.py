"""What the page of the numbers shows, page by page: values that `bot/insights` draws and nobody else."""
