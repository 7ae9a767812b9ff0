"""The doors: who comes in and what they see. Each package here offers `door` or `doors`."""
