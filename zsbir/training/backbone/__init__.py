"""Training of `zsbir-tiny`, the small CLIP that the project bundles."""
