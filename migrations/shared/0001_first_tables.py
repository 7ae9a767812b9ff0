"""The first tables: everything that the models of the shared line describe.

Written by `python -m tenants.migrations.write`.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def upgrade() -> None:
    op.create_table(
        "answered_keys_of_ministry",
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_answered_keys_of_ministry")),
        schema="ministry",
    )
    op.create_index(
        op.f("ix_answered_keys_of_ministry_created_at"),
        "answered_keys_of_ministry",
        ["created_at"],
        unique=False,
        schema="ministry",
    )
    op.create_table(
        "audit_entries_of_ministry",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.Text(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entries_of_ministry")),
        schema="ministry",
    )
    op.create_index(
        op.f("ix_audit_entries_of_ministry_act"),
        "audit_entries_of_ministry",
        ["act"],
        unique=False,
        schema="ministry",
    )
    op.create_index(
        op.f("ix_audit_entries_of_ministry_subject_id"),
        "audit_entries_of_ministry",
        ["subject_id"],
        unique=False,
        schema="ministry",
    )
    op.execute("REVOKE UPDATE, DELETE ON ministry.audit_entries_of_ministry FROM mikhak_ministry")
    op.create_table(
        "audit_head_of_ministry",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_of_ministry_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head_of_ministry")),
        schema="ministry",
    )
    op.create_table(
        "definition_drafts",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_definition_drafts")),
        schema="ministry",
    )
    op.create_table(
        "folded_events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folded_events")),
        schema="ministry",
    )
    op.create_index(
        op.f("ix_folded_events_at"), "folded_events", ["at"], unique=False, schema="ministry"
    )
    op.create_table(
        "house",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("registry_version", sa.BigInteger(), nullable=False),
        sa.Column("shared_schema", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_house_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_house")),
        schema="ministry",
    )
    op.execute("GRANT SELECT ON ministry.house TO mikhak_app")
    op.execute("INSERT INTO ministry.house (id, registry_version, shared_schema) VALUES (1, 0, 0)")
    op.create_table(
        "ministry_attempts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ministry_attempts")),
        schema="ministry",
    )
    op.create_index(
        "ix_ministry_attempts_key_hash_at",
        "ministry_attempts",
        ["key_hash", "at"],
        unique=False,
        schema="ministry",
    )
    op.create_table(
        "ministry_people",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name_fa", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_sign_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("lang IN ('fa', 'en')", name=op.f("ck_ministry_people_lang")),
        sa.CheckConstraint(
            "state IN ('invited', 'active', 'suspended')", name=op.f("ck_ministry_people_state")
        ),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_ministry_people_email")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ministry_people")),
        sa.UniqueConstraint("email", name=op.f("uq_ministry_people_email")),
        schema="ministry",
    )
    op.create_table(
        "offices",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name_fa", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("city_fa", sa.Text(), nullable=False),
        sa.Column("city_en", sa.Text(), nullable=False),
        sa.Column("country_code", sa.Text(), nullable=False),
        sa.Column("country_fa", sa.Text(), nullable=False),
        sa.Column("country_en", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("locales", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("weekend", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("jurisdictions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("successor", sa.Text(), nullable=True),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        sa.Column("contact", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=False),
        sa.Column("former_wrapped_key", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("slug ~ '^[a-z][a-z0-9_]{1,30}$'", name=op.f("ck_offices_slug")),
        sa.CheckConstraint(
            "status IN ('opening', 'active', 'suspended', 'closed', 'erased')",
            name=op.f("ck_offices_status"),
        ),
        sa.CheckConstraint(
            "successor IS NULL OR successor <> slug", name=op.f("ck_offices_successor")
        ),
        sa.ForeignKeyConstraint(
            ["successor"], ["ministry.offices.slug"], name=op.f("fk_offices_successor_offices")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_offices")),
        schema="ministry",
    )
    op.create_index(
        op.f("ix_offices_successor"), "offices", ["successor"], unique=False, schema="ministry"
    )
    op.execute("GRANT SELECT ON ministry.offices TO mikhak_app")
    op.execute("GRANT SELECT ON ministry.offices TO mikhak_offices")
    op.create_table(
        "outbox_of_ministry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_of_ministry")),
        schema="ministry",
    )
    op.create_index(
        "ix_outbox_of_ministry_open",
        "outbox_of_ministry",
        ["due_at"],
        unique=False,
        schema="ministry",
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "overlay_locks",
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("service", "key", name=op.f("pk_overlay_locks")),
        schema="ministry",
    )
    op.execute("GRANT SELECT ON ministry.overlay_locks TO mikhak_offices")
    op.create_table(
        "published_definitions",
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_published_definitions")),
        sa.UniqueConstraint("code", "version", name=op.f("uq_published_definitions_code_version")),
        schema="ministry",
    )
    op.execute("REVOKE UPDATE, DELETE ON ministry.published_definitions FROM mikhak_ministry")
    op.execute("GRANT SELECT ON ministry.published_definitions TO mikhak_app")
    op.create_table(
        "relay_pulse",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("oldest_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("oldest_scope", sa.Text(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_relay_pulse_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relay_pulse")),
        schema="ministry",
    )
    op.create_table(
        "service_retirements",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "told", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True
        ),
        sa.Column("successor", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", "number", name=op.f("pk_service_retirements")),
        schema="ministry",
    )
    op.execute("REVOKE UPDATE, DELETE ON ministry.service_retirements FROM mikhak_ministry")
    op.execute("GRANT SELECT ON ministry.service_retirements TO mikhak_app")
    op.create_table(
        "signed_sessions_of_ministry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("person_kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("names", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("factors", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_sessions_of_ministry")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_signed_sessions_of_ministry_token_hash")),
        schema="ministry",
    )
    op.create_index(
        op.f("ix_signed_sessions_of_ministry_person_id"),
        "signed_sessions_of_ministry",
        ["person_id"],
        unique=False,
        schema="ministry",
    )
    op.create_table(
        "definition_trials",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["code"],
            ["ministry.definition_drafts.code"],
            name=op.f("fk_definition_trials_code_definition_drafts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_definition_trials")),
        schema="ministry",
    )
    op.create_index(
        op.f("ix_definition_trials_code"),
        "definition_trials",
        ["code"],
        unique=False,
        schema="ministry",
    )
    op.create_index(
        op.f("ix_definition_trials_expires_at"),
        "definition_trials",
        ["expires_at"],
        unique=False,
        schema="ministry",
    )
    op.create_table(
        "ministry_invitations",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["ministry.ministry_people.id"],
            name=op.f("fk_ministry_invitations_person_id_ministry_people"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ministry_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_ministry_invitations_token_hash")),
        schema="ministry",
    )
    op.create_index(
        op.f("ix_ministry_invitations_person_id"),
        "ministry_invitations",
        ["person_id"],
        unique=False,
        schema="ministry",
    )
    op.create_table(
        "ministry_passkeys",
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["ministry.ministry_people.id"],
            name=op.f("fk_ministry_passkeys_person_id_ministry_people"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ministry_passkeys")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_ministry_passkeys_credential_id")),
        schema="ministry",
    )
    op.create_index(
        op.f("ix_ministry_passkeys_person_id"),
        "ministry_passkeys",
        ["person_id"],
        unique=False,
        schema="ministry",
    )
    op.create_table(
        "ministry_recovery_codes",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["ministry.ministry_people.id"],
            name=op.f("fk_ministry_recovery_codes_person_id_ministry_people"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ministry_recovery_codes")),
        schema="ministry",
    )
    op.create_index(
        op.f("ix_ministry_recovery_codes_person_id"),
        "ministry_recovery_codes",
        ["person_id"],
        unique=False,
        schema="ministry",
    )
    op.create_table(
        "office_backlog",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("submitted_on", sa.Date(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office"], ["ministry.offices.slug"], name=op.f("fk_office_backlog_office_offices")
        ),
        sa.PrimaryKeyConstraint(
            "office", "service", "submitted_on", name=op.f("pk_office_backlog")
        ),
        schema="ministry",
    )
    op.create_table(
        "office_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("stages", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["office"], ["ministry.offices.slug"], name=op.f("fk_office_changes_office_offices")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_changes")),
        schema="ministry",
    )
    op.create_index(
        "ix_office_changes_office_at",
        "office_changes",
        ["office", "at"],
        unique=False,
        schema="ministry",
    )
    op.execute("REVOKE UPDATE, DELETE ON ministry.office_changes FROM mikhak_ministry")
    op.create_table(
        "office_erasures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_by_name", sa.Text(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by_name", sa.Text(), nullable=True),
        sa.Column("called_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_back_by_name", sa.Text(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("record", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "begun_at IS NULL OR confirmed_at IS NOT NULL",
            name=op.f("ck_office_erasures_confirmed_first"),
        ),
        sa.CheckConstraint("confirmed_by <> asked_by", name=op.f("ck_office_erasures_two_people")),
        sa.ForeignKeyConstraint(
            ["office"], ["ministry.offices.slug"], name=op.f("fk_office_erasures_office_offices")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_erasures")),
        schema="ministry",
    )
    op.create_index(
        "uq_office_erasures_open",
        "office_erasures",
        ["office"],
        unique=True,
        schema="ministry",
        postgresql_where=sa.text("called_back_at IS NULL AND done_at IS NULL"),
    )
    op.create_table(
        "office_hosts",
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("host = lower(host)", name=op.f("ck_office_hosts_host")),
        sa.ForeignKeyConstraint(
            ["office"], ["ministry.offices.slug"], name=op.f("fk_office_hosts_office_offices")
        ),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_office_hosts")),
        schema="ministry",
    )
    op.create_index(
        op.f("ix_office_hosts_office"), "office_hosts", ["office"], unique=False, schema="ministry"
    )
    op.execute("GRANT SELECT ON ministry.office_hosts TO mikhak_app")
    op.execute("GRANT SELECT ON ministry.office_hosts TO mikhak_offices")
    op.create_table(
        "office_statistics",
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["office"], ["ministry.offices.slug"], name=op.f("fk_office_statistics_office_offices")
        ),
        sa.PrimaryKeyConstraint(
            "office", "day", "service", "status", name=op.f("pk_office_statistics")
        ),
        schema="ministry",
    )
    op.create_index(
        "ix_office_statistics_status_day",
        "office_statistics",
        ["status", "day"],
        unique=False,
        schema="ministry",
    )
