"""QR images: what is drawn is the code, dark on white, with the border that readers need."""

import re
from xml.etree import ElementTree as ET

import pytest
import segno

from services.qr import svg

SVG = "{http://www.w3.org/2000/svg}"
CODES = ["BJW3-5CSH-FTY2-W4QR-A", "ZZZZZZZZZZZZ-BJW3-5CSH-FTY2-W4QR-7", "SUMMER-2026", "春节八折", "会员优惠"]


def _drawn(path: str, size: int) -> list[list[int]]:
    """Return the modules that the strokes of a path cover: 1 is dark."""
    modules = [[0] * size for _ in range(size)]
    x, y = 0, 0.0
    for step, numbers in re.findall(r"([Mmh])([-\d. ]+)", path):
        if step == "h":
            for column in range(x, x + int(numbers)):
                modules[int(y - 0.5)][column] = 1
            x += int(numbers)
        else:
            right, down = numbers.split()
            x, y = (int(right), float(down)) if step == "M" else (x + int(right), y + float(down))
    return modules


@pytest.mark.parametrize("code", CODES)
def test_what_is_drawn_is_the_code_within_a_border_of_four_modules(code: str) -> None:
    root = ET.fromstring(svg(code))  # noqa: S314  (it is our own)
    mode = None if code.isascii() else "byte"
    expected = segno.make(code, error="m", mode=mode, encoding="utf-8", micro=False)
    size = len(expected.matrix) + 8
    light, dark = root.findall(f"{SVG}path")
    assert (light.get("fill"), light.get("d")) == ("#fff", f"M0 0h{size}v{size}h-{size}z")
    assert dark.get("stroke") == "#000"
    modules = _drawn(str(dark.get("d")), size)
    assert [row[4:-4] for row in modules[4:-4]] == [list(row) for row in expected.matrix]
    assert sum(map(sum, modules)) == sum(map(sum, expected.matrix)), "the border is empty"
    assert modules[4][4:11] == [1] * 7, "the corner that readers look for"


def test_an_image_scales_to_where_it_is_shown() -> None:
    root = ET.fromstring(svg(CODES[0]))  # noqa: S314  (it is our own)
    assert root.tag == f"{SVG}svg"
    assert root.attrib == {"viewBox": "0 0 33 33"}


def test_the_same_code_gives_the_same_image_and_another_another() -> None:
    assert svg(CODES[0]) == svg(CODES[0])
    assert len({svg(code) for code in CODES}) == len(CODES)


def test_chinese_is_not_taken_for_shift_jis() -> None:
    """The bytes of 会员优惠 in UTF-8 are Kanji of Shift JIS, too, and the library alone would have said so."""
    assert segno.make("会员优惠", encoding="utf-8", micro=False).mode == "kanji"
    by_bytes = segno.make("会员优惠", error="m", mode="byte", encoding="utf-8", micro=False)
    (_, dark) = ET.fromstring(svg("会员优惠")).findall(f"{SVG}path")  # noqa: S314  (it is our own)
    size = len(by_bytes.matrix) + 8
    assert [row[4:-4] for row in _drawn(str(dark.get("d")), size)[4:-4]] == [list(row) for row in by_bytes.matrix]


def test_the_longest_unique_code_is_small_by_the_dense_mode() -> None:
    assert segno.make(CODES[1], error="m", micro=False).mode == "alphanumeric"
    assert ET.fromstring(svg(CODES[1])).attrib == {"viewBox": "0 0 33 33"}  # noqa: S314  (it is our own)
