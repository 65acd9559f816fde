"""One file for each noun that commands change; `domain.decide` chooses among them."""
