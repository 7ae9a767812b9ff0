"""What all doors share: guard, one transaction per request, errors as pages, language, headers."""
