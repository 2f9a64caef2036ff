"""Programs that stand in docs/."""
