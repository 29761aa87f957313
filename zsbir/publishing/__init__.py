"""Checkpoints, backbones and galleries as repositories of the Hub: their files, and their cards."""
