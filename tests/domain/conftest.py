"""How Hypothesis runs: the same examples every time, so that a failure in CI is the failure at home."""

from hypothesis import settings

settings.register_profile("house", derandomize=True, deadline=None, max_examples=100, print_blob=True, database=None)
settings.load_profile("house")
