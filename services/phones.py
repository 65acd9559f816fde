"""Phone numbers, in the one form in which they are stored and looked up: E.164."""

import re

import phonenumbers
from babel.core import get_global

from domain import checks
from domain.refusals import InvalidInput

PHONE_MAX = 40
DIALLED = re.compile(r"[(（]?[+＋]?[\d\s()（）.／/\-‐-―−]+")
"""Digits and what is written between them. The parser would also take words, letters for digits, and an extension."""


def normal(value: str, time_zone: str, path: tuple[str, ...]) -> str:
    """Return the number in E.164. Without a `+`, it is read as a national number of the program's territory.

    Raises `InvalidInput` when it cannot be a phone number.
    """
    region = get_global("zone_territories").get(time_zone)
    dialled = checks.text(value, path, PHONE_MAX)
    try:
        number = phonenumbers.parse(dialled, region) if DIALLED.fullmatch(dialled) else None
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise InvalidInput(f"{dialled!r} is not a phone number.", field=path)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
