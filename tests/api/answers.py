"""Judging an answer to bad input, and seeing whether anything was written."""

from typing import Any

import httpx

from tests.api.bad_values import Bad
from tests.api.conftest import row_counts, rows_of


async def everything() -> Any:
    """Return what a write would change: the size of every table, the members as they are, and what they have."""
    members = await rows_of("SELECT id, phone, status, name, position FROM member ORDER BY id")
    return await row_counts(), members, await rows_of("SELECT id, available, seq FROM account ORDER BY id")


def complaint(answer: httpx.Response, operation: str, bad: Bad, status: int = 200) -> str | None:
    """Return what is wrong with the answer to `bad`, or None when it is as it must be."""
    if answer.status_code != status:
        return f"status {answer.status_code}: {answer.text}"
    body = answer.json()
    if "errors" in body:
        errors = [(error["extensions"]["code"], error["extensions"].get("field")) for error in body["errors"]]
        if body.get("data") is not None:
            return f"data beside errors: {body}"
    else:
        payload = body["data"][operation]
        for result in payload.get("results", ()):
            payload["userErrors"] += result.pop("userErrors")
            payload |= {name: value for name, value in result.items() if name != "index"}
        errors = [(error["code"], error["field"]) for error in payload.pop("userErrors")]
        payload.pop("results", None)
        if any(payload.values()):
            return f"something was done: {body}"
    expected = (bad.code, ["input", *bad.field])
    return None if errors and all(error == expected for error in errors) else f"{expected} is due: {body}"
