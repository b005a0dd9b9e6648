"""Interviewing by phone: frames, samples, cases, the ledger, appointments, plans; the mode of each answer."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")

REFUSAL = "the ledger is append-only"
KEPT = "survey_id, case_id, at, kind, outcome, code, is_interim, is_selected, account_id, slot, seconds, key"
TRIGGERS = {  # name: event, table and condition, as both databases understand them
    "ledger_entry_keeps_rows": "DELETE ON ledger_entry",
    "ledger_entry_keeps_values": f"UPDATE OF {KEPT} ON ledger_entry",
    "ledger_entry_keeps_notes": "UPDATE OF note ON ledger_entry WHEN NEW.note <> ''",
    "ledger_entry_keeps_numbers": "UPDATE OF telephone_id ON ledger_entry WHEN NEW.telephone_id IS NOT NULL",
}


def upgrade() -> None:
    op.create_table(
        "never_call",
        sa.Column("number_sha256", sa.String(length=64), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("number_sha256", name=op.f("pk_never_call")),
    )
    op.create_table(
        "calling_plan",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("rules", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_calling_plan_survey_id_survey")),
        sa.PrimaryKeyConstraint("survey_id", name=op.f("pk_calling_plan")),
    )
    op.create_table(
        "case_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("time_zone", sa.String(length=40), nullable=False),
        sa.Column("sure", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("possible", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_case_group_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_group")),
        sa.UniqueConstraint(
            "survey_id", "key", "time_zone", name=op.f("uq_case_group_survey_id_key_time_zone")
        ),
    )
    op.create_table(
        "interviewer",
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("skills", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("languages", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_interviewer_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_interviewer_survey_id_survey")),
        sa.PrimaryKeyConstraint("survey_id", "account_id", name=op.f("pk_interviewer")),
    )
    op.create_table(
        "sample_frame",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("n_units", sa.Integer(), nullable=False),
        sa.Column("columns", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_sample_frame_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_frame")),
        sa.UniqueConstraint("survey_id", "name", name=op.f("uq_sample_frame_survey_id_name")),
    )
    op.create_table(
        "shift",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_shift_ends_after_its_start")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_shift_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_shift_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift")),
    )
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_shift_account_id_survey_id_starts_at"),
            ["account_id", "survey_id", "starts_at"],
            unique=False,
        )

    op.create_table(
        "frame_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("frame_id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=True),
        sa.Column("phones", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("stratum", sa.String(length=120), nullable=False),
        sa.Column("size", sa.Double(), nullable=True),
        sa.Column("attributes", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["frame_id"],
            ["sample_frame.id"],
            name=op.f("fk_frame_unit_frame_id_sample_frame"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_frame_unit")),
        sa.UniqueConstraint("frame_id", "external_id", name=op.f("uq_frame_unit_frame_id_external_id")),
    )
    op.create_table(
        "sample_draw",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("wave_id", sa.Integer(), nullable=False),
        sa.Column("frame_id", sa.Integer(), nullable=True),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("parameters", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("n_cases", sa.Integer(), nullable=False),
        sa.Column("n_replicates", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "n_cases >= 0 AND n_replicates >= 1", name=op.f("ck_sample_draw_numbers_possible")
        ),
        sa.ForeignKeyConstraint(
            ["frame_id"], ["sample_frame.id"], name=op.f("fk_sample_draw_frame_id_sample_frame")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_sample_draw_survey_id_survey")),
        sa.ForeignKeyConstraint(["wave_id"], ["wave.id"], name=op.f("fk_sample_draw_wave_id_wave")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample_draw")),
    )
    with op.batch_alter_table("sample_draw", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sample_draw_survey_id"), ["survey_id"], unique=False)

    op.create_table(
        "phone_case",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("draw_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("replicate", sa.Integer(), nullable=False),
        sa.Column("order_key", sa.Integer(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=True),
        sa.Column("attributes", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("skill", sa.String(length=20), nullable=False),
        sa.Column("for_account_id", sa.Integer(), nullable=True),
        sa.Column("n_calls", sa.Integer(), nullable=False),
        sa.Column("n_machine_messages", sa.Integer(), nullable=False),
        sa.Column("n_weekday", sa.Integer(), nullable=False),
        sa.Column("n_weeknight", sa.Integer(), nullable=False),
        sa.Column("n_weekend", sa.Integer(), nullable=False),
        sa.Column("last_called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_by", sa.Integer(), nullable=True),
        sa.Column("held_key", sa.String(length=32), nullable=True),
        sa.Column("n_sent", sa.Integer(), nullable=False),
        sa.Column("held_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_by", sa.Integer(), nullable=True),
        sa.Column("left_key", sa.String(length=32), nullable=True),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("is_final", sa.Boolean(), nullable=False),
        sa.Column("selection", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("notice_sha256", sa.String(length=64), nullable=True),
        sa.Column("notice_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("notice_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(state = 'held') = (held_by IS NOT NULL)", name=op.f("ck_phone_case_held_by_somebody")
        ),
        sa.CheckConstraint(
            "state IN ('unreleased', 'ready', 'resting', 'appointed', 'held', 'locked', 'closed')",
            name=op.f("ck_phone_case_state_known"),
        ),
        sa.CheckConstraint(
            "probability > 0 AND probability <= 1", name=op.f("ck_phone_case_probability_possible")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["survey_case.id"], name=op.f("fk_phone_case_case_id_survey_case")
        ),
        sa.ForeignKeyConstraint(
            ["draw_id"], ["sample_draw.id"], name=op.f("fk_phone_case_draw_id_sample_draw")
        ),
        sa.ForeignKeyConstraint(
            ["for_account_id"], ["account.id"], name=op.f("fk_phone_case_for_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["case_group.id"], name=op.f("fk_phone_case_group_id_case_group")
        ),
        sa.ForeignKeyConstraint(["held_by"], ["account.id"], name=op.f("fk_phone_case_held_by_account")),
        sa.ForeignKeyConstraint(["left_by"], ["account.id"], name=op.f("fk_phone_case_left_by_account")),
        sa.ForeignKeyConstraint(
            ["notice_by"], ["account.id"], name=op.f("fk_phone_case_notice_by_account")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_phone_case_survey_id_survey")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["frame_unit.id"], name=op.f("fk_phone_case_unit_id_frame_unit"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_phone_case")),
    )
    with op.batch_alter_table("phone_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_phone_case_draw_id"), ["draw_id"], unique=False)
        batch_op.create_index(
            "ix_phone_case_due",
            ["survey_id", "due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'resting'"),
            postgresql_where=sa.text("state = 'resting'"),
        )
        batch_op.create_index(
            "ix_phone_case_given",
            ["survey_id", "for_account_id", "last_called_at"],
            unique=False,
            sqlite_where=sa.text("state = 'ready' AND for_account_id IS NOT NULL"),
            postgresql_where=sa.text("state = 'ready' AND for_account_id IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_phone_case_lease",
            ["survey_id", "lease_until"],
            unique=False,
            sqlite_where=sa.text("state = 'held'"),
            postgresql_where=sa.text("state = 'held'"),
        )
        batch_op.create_index(
            "ix_phone_case_ready_weekday",
            ["group_id", "replicate", "n_weekday", "last_called_at", "order_key"],
            unique=False,
            sqlite_where=sa.text("state = 'ready'"),
            postgresql_where=sa.text("state = 'ready'"),
        )
        batch_op.create_index(
            "ix_phone_case_ready_weekend",
            ["group_id", "replicate", "n_weekend", "last_called_at", "order_key"],
            unique=False,
            sqlite_where=sa.text("state = 'ready'"),
            postgresql_where=sa.text("state = 'ready'"),
        )
        batch_op.create_index(
            "ix_phone_case_ready_weeknight",
            ["group_id", "replicate", "n_weeknight", "last_called_at", "order_key"],
            unique=False,
            sqlite_where=sa.text("state = 'ready'"),
            postgresql_where=sa.text("state = 'ready'"),
        )
        batch_op.create_index(
            batch_op.f("ix_phone_case_survey_id_state"), ["survey_id", "state"], unique=False
        )
        batch_op.create_index(
            "uq_phone_case_held_by",
            ["held_by"],
            unique=True,
            sqlite_where=sa.text("held_by IS NOT NULL"),
            postgresql_where=sa.text("held_by IS NOT NULL"),
        )

    op.create_table(
        "back_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("interviewer_id", sa.Integer(), nullable=True),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=24), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["phone_case.case_id"], name=op.f("fk_back_check_case_id_phone_case")
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["account.id"], name=op.f("fk_back_check_checked_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["interviewer_id"], ["account.id"], name=op.f("fk_back_check_interviewer_id_account")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_back_check_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_back_check")),
        sa.UniqueConstraint("case_id", name=op.f("uq_back_check_case_id")),
    )
    with op.batch_alter_table("back_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_back_check_survey_id"), ["survey_id"], unique=False)

    op.create_table(
        "telephone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("e164", sa.String(length=20), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("is_dead", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('mobile', 'fixed', 'other')", name=op.f("ck_telephone_kind_known")),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["phone_case.case_id"],
            name=op.f("fk_telephone_case_id_phone_case"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telephone")),
        sa.UniqueConstraint("case_id", "e164", name=op.f("uq_telephone_case_id_e164")),
    )
    with op.batch_alter_table("telephone", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_telephone_e164"), ["e164"], unique=False)

    op.create_table(
        "appointment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("telephone_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_hard", sa.Boolean(), nullable=False),
        sa.Column("for_account_id", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'kept', 'missed', 'cancelled')", name=op.f("ck_appointment_state_known")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_appointment_ends_after_its_start")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["phone_case.case_id"], name=op.f("fk_appointment_case_id_phone_case")
        ),
        sa.ForeignKeyConstraint(
            ["for_account_id"], ["account.id"], name=op.f("fk_appointment_for_account_id_account")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_appointment_made_by_account")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_appointment_survey_id_survey")),
        sa.ForeignKeyConstraint(
            ["telephone_id"],
            ["telephone.id"],
            name=op.f("fk_appointment_telephone_id_telephone"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.create_index(
            "ix_appointment_live",
            ["survey_id", "starts_at"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index(
            "uq_appointment_open",
            ["case_id"],
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("outcome", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("is_interim", sa.Boolean(), nullable=False),
        sa.Column("is_selected", sa.Boolean(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("telephone_id", sa.Integer(), nullable=True),
        sa.Column("slot", sa.String(length=10), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.CheckConstraint("kind IN ('call', 'web', 'supervisor')", name=op.f("ck_ledger_entry_kind_known")),
        sa.CheckConstraint(
            "slot IN ('weekday', 'weeknight', 'weekend')", name=op.f("ck_ledger_entry_slot_known")
        ),
        sa.CheckConstraint("seconds >= 0", name=op.f("ck_ledger_entry_seconds_not_negative")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_ledger_entry_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["survey_case.id"], name=op.f("fk_ledger_entry_case_id_survey_case")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_ledger_entry_survey_id_survey")),
        sa.ForeignKeyConstraint(
            ["telephone_id"],
            ["telephone.id"],
            name=op.f("fk_ledger_entry_telephone_id_telephone"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_entry_key")),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_entry_account_id_at"), ["account_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_ledger_entry_case_id_at"), ["case_id", "at"], unique=False)
        batch_op.create_index(
            "ix_ledger_entry_slots",
            ["survey_id", "slot", "outcome"],
            unique=False,
            sqlite_where=sa.text("slot IS NOT NULL"),
            postgresql_where=sa.text("slot IS NOT NULL"),
        )
        batch_op.create_index(batch_op.f("ix_ledger_entry_survey_id_at"), ["survey_id", "at"], unique=False)

    _make_the_ledger_append_only()
    _add_columns()


def _add_columns() -> None:
    with op.batch_alter_table("quota_cell") as batch:
        batch.add_column(sa.Column("weight_sum", sa.Double(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("weight_squares", sa.Double(), nullable=False, server_default="0"))
    op.execute("UPDATE quota_cell SET weight_sum = n_complete, weight_squares = n_complete")
    with op.batch_alter_table("quota_cell") as batch:
        batch.alter_column("weight_sum", server_default=None)
        batch.alter_column("weight_squares", server_default=None)
        batch.create_check_constraint(
            op.f("ck_quota_cell_weights_not_negative"), "weight_sum >= 0 AND weight_squares >= 0"
        )
    with op.batch_alter_table("response") as batch:
        batch.add_column(sa.Column("modes", DOCUMENT, nullable=True))


def _make_the_ledger_append_only() -> None:
    """What was recorded stays; only a note can be emptied and a number forgotten."""
    if op.get_bind().dialect.name == "sqlite":
        for name, when in TRIGGERS.items():
            op.execute(f"CREATE TRIGGER {name} BEFORE {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")
        return
    op.execute(
        "CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
    )
    for name, when in TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {_for_each_row(when)} EXECUTE FUNCTION ledger_is_append_only()"
        )


def _for_each_row(when: str) -> str:
    event, _, condition = when.partition(" WHEN ")
    return f"{event} FOR EACH ROW" + (f" WHEN ({condition})" if condition else "")


def downgrade() -> None:
    with op.batch_alter_table("response") as batch:
        batch.drop_column("modes")
    with op.batch_alter_table("quota_cell") as batch:
        batch.drop_constraint(op.f("ck_quota_cell_weights_not_negative"), type_="check")
        batch.drop_column("weight_squares")
        batch.drop_column("weight_sum")
    for name in TRIGGERS:
        on = "" if op.get_bind().dialect.name == "sqlite" else " ON ledger_entry"
        op.execute(f"DROP TRIGGER {name}{on}")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION ledger_is_append_only")
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_ledger_entry_slots")
        batch_op.drop_index(batch_op.f("ix_ledger_entry_survey_id_at"))
        batch_op.drop_index(batch_op.f("ix_ledger_entry_case_id_at"))
        batch_op.drop_index(batch_op.f("ix_ledger_entry_account_id_at"))

    op.drop_table("ledger_entry")
    with op.batch_alter_table("appointment", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_appointment_open",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index(
            "ix_appointment_live",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )

    op.drop_table("appointment")
    with op.batch_alter_table("telephone", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_telephone_e164"))

    op.drop_table("telephone")
    with op.batch_alter_table("back_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_back_check_survey_id"))

    op.drop_table("back_check")
    with op.batch_alter_table("phone_case", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_phone_case_held_by",
            sqlite_where=sa.text("held_by IS NOT NULL"),
            postgresql_where=sa.text("held_by IS NOT NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_phone_case_survey_id_state"))
        batch_op.drop_index(
            "ix_phone_case_ready_weeknight",
            sqlite_where=sa.text("state = 'ready'"),
            postgresql_where=sa.text("state = 'ready'"),
        )
        batch_op.drop_index(
            "ix_phone_case_ready_weekend",
            sqlite_where=sa.text("state = 'ready'"),
            postgresql_where=sa.text("state = 'ready'"),
        )
        batch_op.drop_index(
            "ix_phone_case_ready_weekday",
            sqlite_where=sa.text("state = 'ready'"),
            postgresql_where=sa.text("state = 'ready'"),
        )
        batch_op.drop_index(
            "ix_phone_case_lease",
            sqlite_where=sa.text("state = 'held'"),
            postgresql_where=sa.text("state = 'held'"),
        )
        batch_op.drop_index(
            "ix_phone_case_given",
            sqlite_where=sa.text("state = 'ready' AND for_account_id IS NOT NULL"),
            postgresql_where=sa.text("state = 'ready' AND for_account_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_phone_case_due",
            sqlite_where=sa.text("state = 'resting'"),
            postgresql_where=sa.text("state = 'resting'"),
        )
        batch_op.drop_index(batch_op.f("ix_phone_case_draw_id"))

    op.drop_table("phone_case")
    with op.batch_alter_table("sample_draw", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sample_draw_survey_id"))

    op.drop_table("sample_draw")
    op.drop_table("frame_unit")
    with op.batch_alter_table("shift", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shift_account_id_survey_id_starts_at"))

    op.drop_table("shift")
    op.drop_table("sample_frame")
    op.drop_table("interviewer")
    op.drop_table("case_group")
    op.drop_table("calling_plan")
    op.drop_table("never_call")
