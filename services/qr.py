"""Images of codes for cameras."""

import io

import segno

QUIET_MODULES = 4
"""The empty border that readers need, by ISO/IEC 18004."""


def svg(text: str) -> str:
    """Return the QR image of a code as an SVG element, dark on white, that scales to where it is shown.

    The same text always gives the same image. It is read though some 15 % of it are covered.
    """
    # Digits, capitals and dashes take the dense mode. Anything else is bytes of UTF-8: left to itself, the library may
    # take such bytes for Kanji of Shift JIS, and a reader then shows other characters than were meant.
    mode = None if text.isascii() else "byte"
    image = segno.make(text, error="M", mode=mode, encoding="utf-8", micro=False)
    out = io.BytesIO()
    image.save(
        out,
        kind="svg",
        border=QUIET_MODULES,
        light="#fff",
        xmldecl=False,
        omitsize=True,
        svgclass=None,
        lineclass=None,
        nl=False,
    )
    return out.getvalue().decode()
