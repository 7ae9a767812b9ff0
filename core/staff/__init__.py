"""People who are employed: an office's staff and, in the ministry's scope, the ministry's people.

Both live by the same rules, so they share this room; which table is meant follows the scope.
"""
