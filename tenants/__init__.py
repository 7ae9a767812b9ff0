"""The ground floor: whose house it is. Offices, schemas, roles, scoped sessions, migrations.

Imports config only. Nothing above it can reach a database session that is not bound to one
office, or explicitly to the ministry.
"""
