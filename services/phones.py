"""Phone numbers, in the one form in which they are stored and looked up: E.164."""

import phonenumbers
from babel.core import get_global

from domain.refusals import InvalidInput

PHONE_MAX = 40


def normal(value: str, time_zone: str, path: tuple[str, ...]) -> str:
    """Return the number in E.164. Without a `+`, it is read as a national number of the program's territory.

    Raises `InvalidInput` when it cannot be a phone number.
    """
    region = get_global("zone_territories").get(time_zone)
    if len(value) > PHONE_MAX:
        raise InvalidInput(f"`{path[-1]}` has {len(value)} characters; at most {PHONE_MAX} are allowed.", field=path)
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        raise InvalidInput(f"{value!r} is not a phone number.", field=path) from None
    if not phonenumbers.is_possible_number(number):
        raise InvalidInput(f"{value!r} is not a phone number.", field=path)
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
