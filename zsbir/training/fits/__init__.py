"""Learning when to say that perhaps nothing in a gallery fits a drawing; see `zsbir.explain.fits`."""
