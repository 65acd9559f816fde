"""The shape of the messages of `graphql-transport-ws` that a client may send.

Source: the protocol text of graphql-ws, https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md.
"""

FRAME_BYTES_MAX = 2**16


def malformed(message: object) -> str | None:
    """Return what is wrong with the decoded frame `message`, or None when it may be handled."""
    if not isinstance(message, dict):
        return "A message is a JSON object"
    match message.get("type"):
        case "connection_init" | "ping" | "pong":
            return _check(message, {"payload": (dict, True)})
        case "subscribe":
            return (
                _check(message, {"id": (str, False), "payload": (dict, False)})
                or _check(
                    message["payload"],
                    {
                        "query": (str, False),
                        "variables": (dict, True),
                        "operationName": (str, True),
                        "extensions": (dict, True),
                    },
                )
                or (None if message["id"] else "`id` is empty")
            )
        case "complete":
            return _check(message, {"id": (str, False)})
        case str(unknown):
            return f"Unknown message type: {unknown}"
        case _:
            return "`type` must be a string"


def _check(value: dict[str, object], shape: dict[str, tuple[type, bool]]) -> str | None:
    """Compare members with (type, whether it may be null or absent)."""
    for name, (expected, optional) in shape.items():
        member = value.get(name)
        if not (optional and member is None) and not isinstance(member, expected):
            return f"`{name}` must be {'an object' if expected is dict else 'a string'}"
    return None
