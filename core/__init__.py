"""The rooms: what a consulate does. Imports tenants and config, never a door."""
