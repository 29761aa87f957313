"""The page's JavaScript in Node: its own tests, and links that Python reads and writes as it does."""

from __future__ import annotations

import base64
import json
import zlib

from tests.node import ROOT, evaluate, run_node

LINK = (ROOT / "zsbir/ui/static/sheet/strokes/link.js").as_uri()
STROKES = [{"x": [100, 300, 310], "y": [500, -3, 640], "t": [0, 200, 400]}, {"x": [7], "y": [8], "t": [900]}]


def test_the_javascript_s_own_tests():
    run_node("--test", "tests/js/")


def test_python_reads_what_javascript_writes():
    code = f"import {{ encode }} from {LINK!r}; console.log(await encode({json.dumps(STROKES)}))"
    text = evaluate(code)
    assert decoded(text) == [
        {"start": 0, "duration": 400, "points": [[100, 500], [300, -3], [310, 640]]},
        {"start": 900, "duration": 0, "points": [[7, 8]]},
    ]


def test_javascript_reads_what_python_writes():
    code = (
        f"import {{ decode }} from {LINK!r}; console.log(JSON.stringify(await decode({encoded(STROKES)!r})))"
    )
    read = json.loads(evaluate(code))
    assert [(each["x"], each["y"]) for each in read] == [(each["x"], each["y"]) for each in STROKES]
    assert [(each["t"][0], each["t"][-1]) for each in read] == [(0, 400), (900, 900)]


# ---- the twin: the format as link.js describes it, read and written number by number


def decoded(text: str) -> list[dict]:
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    assert data[0] == 1
    numbers, value, shift = [], 0, 0
    for byte in zlib.decompress(data[1:], -15):
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            numbers.append(value)
            value = shift = 0
    numbers = iter(numbers)
    x = y = time = 0
    strokes = []
    for _ in range(next(numbers)):
        start, duration, points = time + 10 * next(numbers), 10 * next(numbers), []
        for _ in range(next(numbers)):
            x += unsigned(next(numbers))
            y += unsigned(next(numbers))
            points.append([x, y])
        strokes.append({"start": start, "duration": duration, "points": points})
        time = start + duration
    return strokes


def unsigned(number: int) -> int:
    return -(number + 1) // 2 if number % 2 else number // 2


def encoded(strokes: list[dict]) -> str:
    numbers, x, y, time = [len(strokes)], 0, 0, 0
    for stroke in strokes:
        start, end = stroke["t"][0], stroke["t"][-1]
        numbers += [(start - time) // 10, (end - start) // 10, len(stroke["x"])]
        for to_x, to_y in zip(stroke["x"], stroke["y"], strict=True):
            numbers += [2 * d if d >= 0 else -2 * d - 1 for d in (to_x - x, to_y - y)]
            x, y = to_x, to_y
        time = end
    data = bytearray()
    for number in numbers:
        while number >= 128:
            data.append(number % 128 + 128)
            number //= 128
        data.append(number)
    packer = zlib.compressobj(wbits=-15)
    packed = bytes([1]) + packer.compress(bytes(data)) + packer.flush()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")
