"""Importers that made the bundled gallery; offline tools, the app never imports them."""
