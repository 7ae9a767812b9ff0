"""The proof of the house: guards, units, real servers, real browser."""
