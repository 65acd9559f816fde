"""What every entity is."""

import strawberry


@strawberry.interface(description="Anything that can be read again by its id.")
class Node:
    """An entity with an opaque id."""

    id: strawberry.ID = strawberry.field(description="Opaque, stable, sortable by time of making.")
