"""How well a checkpoint finds photos: metrics, protocols and the `evaluate` command."""
