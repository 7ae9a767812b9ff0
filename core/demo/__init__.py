"""A house that looks lived in, for demo runs only: people, requests in every state, sign-ins."""
