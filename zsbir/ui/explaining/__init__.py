"""Why a photo was found: what the page asks beside its searches, and the answers it draws.

One module for each kind of question; what it answers with is JSON and computed by `zsbir.explain`.
"""

from zsbir.ui.explaining.answering import explainer

__all__ = ["explainer"]
