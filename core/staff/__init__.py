"""Staff of an office: their roles, sign-in, invitations."""
