"""One effect: the same key twice gives the same answer."""
