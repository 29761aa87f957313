"""Many visitors who draw on the page at once, without browsers; `python -m zsbir.evaluation.visitors`."""
