"""How the weights that zsbir ships are made; nothing that answers a drawing imports this."""
