"""The platform: embedded servers, front-end assets and the process tree of `make run`."""
