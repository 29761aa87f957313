"""Asks for explanations as the page does, about a drawn mug."""

from __future__ import annotations

import asyncio

from zsbir.ui.explaining import explainer

MUG = [
    {"x": [180, 190, 370, 385, 180], "y": [200, 450, 450, 200, 200]},
    {"x": [385, 480, 480, 378], "y": [250, 270, 370, 390]},
]
SHEET = {"width": 600, "height": 600, "strokes": MUG}


def asker(service, sheet=SHEET):
    """What asks a service about `sheet`, unless another one is given."""

    def asked(what, photo=None, *, method="deep-dual", mode="category", sheet=sheet, category=None, **more):
        settings = {"gallery": "everyday", "method": method, "mode": mode, "category": category}
        question = {"what": what, "photo": photo, "sheet": sheet, "more": more, **settings}
        return asyncio.run(explainer(service)(question))

    return asked
