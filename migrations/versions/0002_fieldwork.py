"""Fieldwork: waves, drafts, participants, mailings, quotas, uploads; tokens as hashes."""

import hashlib

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
OLD_STATUS = "status IN ('partial', 'complete')"
NEW_STATUS = "status IN ('partial', 'complete', 'screened_out')"
DEVICE = "device IN ('phone', 'tablet', 'desktop')"
ANONYMITY = "anonymity IN ('anonymous', 'confidential')"


def upgrade() -> None:
    _create_tables()
    op.execute("INSERT INTO wave (survey_id, number, label) SELECT id, 1, '{}' FROM survey")
    _upgrade_survey()
    _upgrade_case()
    _upgrade_response()


def downgrade() -> None:
    _downgrade_response()
    _downgrade_case()
    _downgrade_survey()
    _drop_tables()


def _upgrade_survey() -> None:
    with op.batch_alter_table("survey") as batch:
        batch.add_column(sa.Column("anonymity", sa.String(12), nullable=False, server_default="anonymous"))
        batch.add_column(sa.Column("has_open_link", sa.Boolean(), nullable=False, server_default=sa.true()))
        batch.add_column(sa.Column("n_openings", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("survey") as batch:
        batch.alter_column("anonymity", server_default=None)
        batch.alter_column("has_open_link", server_default=None)
        batch.alter_column("n_openings", server_default=None)
        batch.create_check_constraint(op.f("ck_survey_anonymity_known"), ANONYMITY)


def _downgrade_survey() -> None:
    with op.batch_alter_table("survey") as batch:
        batch.drop_constraint(op.f("ck_survey_anonymity_known"), type_="check")
        batch.drop_column("anonymity")
        batch.drop_column("has_open_link")
        batch.drop_column("n_openings")


def _upgrade_case() -> None:
    with op.batch_alter_table("survey_case") as batch:
        batch.add_column(sa.Column("wave_id", sa.Integer(), nullable=True))
        batch.alter_column("origin", existing_type=sa.String(12), type_=sa.String(16))
    first_wave = "SELECT wave.id FROM wave WHERE wave.survey_id = survey_case.survey_id"
    op.execute(f"UPDATE survey_case SET wave_id = ({first_wave})")
    with op.batch_alter_table("survey_case") as batch:
        batch.alter_column("wave_id", existing_type=sa.Integer(), nullable=False)
        batch.create_foreign_key(op.f("fk_survey_case_wave_id_wave"), "wave", ["wave_id"], ["id"])
        batch.create_index(op.f("ix_survey_case_wave_id"), ["wave_id"], unique=False)


def _downgrade_case() -> None:
    op.execute("UPDATE survey_case SET origin = 'open_link' WHERE origin = 'personal_link'")
    with op.batch_alter_table("survey_case") as batch:
        batch.drop_constraint(op.f("fk_survey_case_wave_id_wave"), type_="foreignkey")
        batch.drop_index(op.f("ix_survey_case_wave_id"))
        batch.alter_column("origin", existing_type=sa.String(16), type_=sa.String(12))
        batch.drop_column("wave_id")


def _upgrade_response() -> None:
    with op.batch_alter_table("response") as batch:
        batch.add_column(sa.Column("token_sha256", sa.String(64), nullable=True))
        batch.add_column(sa.Column("is_test", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("seed", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("answers_digest", sa.String(16), nullable=True))
        batch.add_column(sa.Column("device", sa.String(8), nullable=True))
        batch.add_column(sa.Column("paradata", DOCUMENT, nullable=False, server_default="{}"))
        batch.alter_column("language", existing_type=sa.String(2), type_=sa.String(12))
        batch.alter_column("status", existing_type=sa.String(10), type_=sa.String(12))
        batch.drop_constraint(op.f("ck_response_status_known"), type_="check")
    _hash_tokens()
    with op.batch_alter_table("response") as batch:
        batch.alter_column("is_test", server_default=None)
        batch.alter_column("paradata", server_default=None)
        batch.drop_constraint(op.f("uq_response_token"), type_="unique")
        batch.create_unique_constraint(op.f("uq_response_token_sha256"), ["token_sha256"])
        batch.create_check_constraint(op.f("ck_response_status_known"), NEW_STATUS)
        batch.create_check_constraint(op.f("ck_response_device_known"), DEVICE)
        batch.drop_column("token")


def _hash_tokens() -> None:
    """Who is answering goes on with the same cookie."""
    response = sa.table(
        "response", sa.column("id"), sa.column("token", sa.String), sa.column("token_sha256", sa.String)
    )
    underway = sa.select(response.c.id, response.c.token).where(response.c.token.is_not(None))
    for number, token in op.get_bind().execute(underway).all():
        digest = hashlib.sha256(f"answers:{token}".encode()).hexdigest()
        op.execute(response.update().where(response.c.id == number).values(token_sha256=digest))


def _downgrade_response() -> None:
    """A hash gives no token back: who is answering must begin again."""
    op.execute("DELETE FROM quota_hold")
    op.execute("DELETE FROM upload")
    op.execute("DELETE FROM response WHERE is_test")
    op.execute("UPDATE response SET status = 'partial' WHERE status = 'screened_out'")
    op.execute("UPDATE response SET language = substr(language, 1, 2)")
    with op.batch_alter_table("response") as batch:
        batch.add_column(sa.Column("token", sa.String(64), nullable=True))
        batch.drop_constraint(op.f("ck_response_device_known"), type_="check")
        batch.drop_constraint(op.f("ck_response_status_known"), type_="check")
        batch.drop_constraint(op.f("uq_response_token_sha256"), type_="unique")
        batch.create_unique_constraint(op.f("uq_response_token"), ["token"])
        batch.create_check_constraint(op.f("ck_response_status_known"), OLD_STATUS)
        batch.alter_column("status", existing_type=sa.String(12), type_=sa.String(10))
        batch.alter_column("language", existing_type=sa.String(12), type_=sa.String(2))
        for name in ("paradata", "device", "answers_digest", "seed", "is_test", "token_sha256"):
            batch.drop_column(name)


def _create_tables() -> None:
    op.create_table(
        "visit_limit",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("n >= 1", name=op.f("ck_visit_limit_n_at_least_1")),
        sa.PrimaryKeyConstraint("key", "hour", name=op.f("pk_visit_limit")),
    )
    op.create_table(
        "visit_secret",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_visit_secret")),
    )
    op.create_table(
        "mailing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("requested_by", sa.String(length=254), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "kind IN ('invitation', 'reminder', 'letter')", name=op.f("ck_mailing_kind_known")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_mailing_job_id_job")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_mailing_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
    )
    with op.batch_alter_table("mailing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mailing_survey_id"), ["survey_id"], unique=False)

    op.create_table(
        "questionnaire_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_questionnaire_draft_survey_id_survey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_draft")),
        sa.UniqueConstraint("survey_id", name=op.f("uq_questionnaire_draft_survey_id")),
    )
    op.create_table(
        "quota_cell",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("label", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("n_complete", sa.Integer(), nullable=False),
        sa.Column("n_held", sa.Integer(), nullable=False),
        sa.Column("message", sa.JSON(none_as_null=True), nullable=True),
        sa.CheckConstraint("n_complete >= 0 AND n_held >= 0", name=op.f("ck_quota_cell_counts_not_negative")),
        sa.CheckConstraint("target >= 0", name=op.f("ck_quota_cell_target_not_negative")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_quota_cell_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_cell")),
        sa.UniqueConstraint("survey_id", "name", name=op.f("uq_quota_cell_survey_id_name")),
    )
    op.create_table(
        "wave",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.CheckConstraint("number >= 1", name=op.f("ck_wave_number_from_1")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_wave_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wave")),
        sa.UniqueConstraint("survey_id", "number", name=op.f("uq_wave_survey_id_number")),
    )
    op.create_table(
        "participant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("external_id", sa.String(length=120), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=12), nullable=True),
        sa.Column("attributes", DOCUMENT, nullable=False),
        sa.Column("link_salt", sa.String(length=32), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("invited_on", sa.Date(), nullable=True),
        sa.Column("reminded_on", sa.Date(), nullable=True),
        sa.Column("n_reminders", sa.Integer(), nullable=False),
        sa.Column("bounced_on", sa.Date(), nullable=True),
        sa.Column("opted_out_on", sa.Date(), nullable=True),
        sa.Column("has_taken_part", sa.Boolean(), nullable=False),
        sa.CheckConstraint("email IS NULL OR email <> ''", name=op.f("ck_participant_email_not_blank")),
        sa.CheckConstraint("n_reminders >= 0", name=op.f("ck_participant_n_reminders_not_negative")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["survey_case.id"], name=op.f("fk_participant_case_id_survey_case")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_participant_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
        sa.UniqueConstraint("case_id", name=op.f("uq_participant_case_id")),
        sa.UniqueConstraint("survey_id", "external_id", name=op.f("uq_participant_survey_id_external_id")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_participant_token_sha256")),
    )
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_participant_survey_id"), ["survey_id"], unique=False)

    op.create_table(
        "mail_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mailing_id", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "status IN ('queued', 'sending', 'sent', 'failed', 'bounced', 'skipped')",
            name=op.f("ck_mail_delivery_status_known"),
        ),
        sa.ForeignKeyConstraint(
            ["mailing_id"],
            ["mailing.id"],
            name=op.f("fk_mail_delivery_mailing_id_mailing"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_mail_delivery_participant_id_participant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_delivery")),
        sa.UniqueConstraint(
            "mailing_id", "participant_id", name=op.f("uq_mail_delivery_mailing_id_participant_id")
        ),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_delivery_message_id")),
    )
    with op.batch_alter_table("mail_delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mail_delivery_participant_id"), ["participant_id"], unique=False)

    op.create_table(
        "quota_hold",
        sa.Column("quota_cell_id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["quota_cell_id"],
            ["quota_cell.id"],
            name=op.f("fk_quota_hold_quota_cell_id_quota_cell"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["response_id"],
            ["response.id"],
            name=op.f("fk_quota_hold_response_id_response"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("quota_cell_id", "response_id", name=op.f("pk_quota_hold")),
    )
    with op.batch_alter_table("quota_hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quota_hold_response_id"), ["response_id"], unique=False)

    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("response_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=120), nullable=False),
        sa.Column("n_bytes", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.CheckConstraint("n_bytes >= 0", name=op.f("ck_upload_size_not_negative")),
        sa.ForeignKeyConstraint(
            ["response_id"], ["response.id"], name=op.f("fk_upload_response_id_response"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
    )
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_upload_response_id"), ["response_id"], unique=False)


def _drop_tables() -> None:
    with op.batch_alter_table("upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_upload_response_id"))

    op.drop_table("upload")
    with op.batch_alter_table("quota_hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quota_hold_response_id"))

    op.drop_table("quota_hold")
    with op.batch_alter_table("mail_delivery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mail_delivery_participant_id"))

    op.drop_table("mail_delivery")
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_participant_survey_id"))

    op.drop_table("participant")
    op.drop_table("wave")
    op.drop_table("quota_cell")
    op.drop_table("questionnaire_draft")
    with op.batch_alter_table("mailing", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mailing_survey_id"))

    op.drop_table("mailing")
    op.drop_table("visit_secret")
    op.drop_table("visit_limit")
