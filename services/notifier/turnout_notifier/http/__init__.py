"""Health and metrics: a notifier serves nothing else."""
