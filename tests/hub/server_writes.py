"""What the loopback Hub takes."""

ROUTES: list = []
