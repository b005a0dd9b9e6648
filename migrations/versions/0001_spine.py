"""spine"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_account_email_is_lower_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=254), nullable=False),
        sa.Column("action", sa.String(length=60), nullable=False),
        sa.Column("object", sa.String(length=254), nullable=False),
        sa.Column("details", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_at"), ["at"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("arguments", DOCUMENT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("step", sa.String(length=60), nullable=False),
        sa.Column("n_done", sa.Integer(), nullable=False),
        sa.Column("n_total", sa.Integer(), nullable=False),
        sa.Column("n_attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=120), nullable=True),
        sa.Column("lease_until_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(state = 'running') = (owner IS NOT NULL)", name=op.f("ck_job_owner_while_running")
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'running', 'done', 'failed')", name=op.f("ck_job_state_known")
        ),
        sa.CheckConstraint("n_done >= 0 AND n_total >= 0", name=op.f("ck_job_progress_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_state"), ["state"], unique=False)

    op.create_table(
        "login_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempt")),
    )
    with op.batch_alter_table("login_attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_login_attempt_key_at"), ["key", "at"], unique=False)

    op.create_table(
        "population_reference",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("reference_on", sa.Date(), nullable=True),
        sa.Column("population", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_population_reference")),
        sa.UniqueConstraint("slug", name=op.f("uq_population_reference_slug")),
    )
    op.create_table(
        "territorial_unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(length=10), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("level IN ('city', 'district')", name=op.f("ck_territorial_unit_level_known")),
        sa.ForeignKeyConstraint(
            ["parent_id"],
            ["territorial_unit.id"],
            name=op.f("fk_territorial_unit_parent_id_territorial_unit"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_territorial_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_territorial_unit_code")),
    )
    with op.batch_alter_table("territorial_unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_territorial_unit_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "population_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference_id", sa.Integer(), nullable=False),
        sa.Column("variable", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=120), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("total >= 0", name=op.f("ck_population_count_total_not_negative")),
        sa.ForeignKeyConstraint(
            ["reference_id"],
            ["population_reference.id"],
            name=op.f("fk_population_count_reference_id_population_reference"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_population_count")),
        sa.UniqueConstraint(
            "reference_id", "variable", "code", name=op.f("uq_population_count_reference_id_variable_code")
        ),
    )
    op.create_table(
        "role_grant",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_role_grant_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "role", name=op.f("pk_role_grant")),
    )
    op.create_table(
        "survey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("title", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("is_fictional", sa.Boolean(), nullable=False),
        sa.Column("population_reference_id", sa.Integer(), nullable=True),
        sa.Column("fieldwork_starts_on", sa.Date(), nullable=True),
        sa.Column("fieldwork_ends_on", sa.Date(), nullable=True),
        sa.Column("method", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'open', 'closed')", name=op.f("ck_survey_status_known")),
        sa.ForeignKeyConstraint(
            ["population_reference_id"],
            ["population_reference.id"],
            name=op.f("fk_survey_population_reference_id_population_reference"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey")),
        sa.UniqueConstraint("slug", name=op.f("uq_survey_slug")),
    )
    op.create_table(
        "questionnaire_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_questionnaire_version_survey_id_survey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_version")),
        sa.UniqueConstraint("survey_id", "number", name=op.f("uq_questionnaire_version_survey_id_number")),
    )
    op.create_table(
        "snapshot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("n_responses", sa.Integer(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_snapshot_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("survey_id", "sha256", name=op.f("uq_snapshot_survey_id_sha256")),
    )
    op.create_table(
        "survey_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=True),
        sa.Column("base_weight", sa.Double(), nullable=False),
        sa.CheckConstraint("base_weight >= 0", name=op.f("ck_survey_case_base_weight_not_negative")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_survey_case_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_case")),
        sa.UniqueConstraint("survey_id", "external_id", name=op.f("uq_survey_case_survey_id_external_id")),
    )
    with op.batch_alter_table("survey_case", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_survey_case_survey_id"), ["survey_id"], unique=False)

    op.create_table(
        "response",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=True),
        sa.Column("mode", sa.String(length=4), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("answers", DOCUMENT, nullable=False),
        sa.Column("reached", sa.String(length=120), nullable=True),
        sa.Column("consent_sha256", sa.String(length=64), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.CheckConstraint("status IN ('partial', 'complete')", name=op.f("ck_response_status_known")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["survey_case.id"], name=op.f("fk_response_case_id_survey_case")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_response_survey_id_survey")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["questionnaire_version.id"],
            name=op.f("fk_response_version_id_questionnaire_version"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_response")),
        sa.UniqueConstraint("token", name=op.f("uq_response_token")),
    )
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_response_case_id"), ["case_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_response_survey_id_status"), ["survey_id", "status"], unique=False
        )

    op.create_table(
        "weighting_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("recipe", DOCUMENT, nullable=False),
        sa.Column("diagnostics", DOCUMENT, nullable=False),
        sa.Column("weights_sha256", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.String(length=254), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_weighting_run_snapshot_id_snapshot")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_weighting_run_survey_id_survey")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weighting_run")),
    )
    with op.batch_alter_table("weighting_run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_weighting_run_survey_id"), ["survey_id"], unique=False)

    op.create_table(
        "report_edition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("survey_id", sa.Integer(), nullable=False),
        sa.Column("weighting_run_id", sa.Integer(), nullable=True),
        sa.Column("snapshot_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("requested_by", sa.String(length=254), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pdf_sha256", sa.String(length=64), nullable=True),
        sa.Column("n_pages", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(pdf_sha256 IS NULL) = (n_pages IS NULL)", name=op.f("ck_report_edition_finished_whole")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_report_edition_job_id_job")),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_report_edition_snapshot_id_snapshot")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_report_edition_survey_id_survey")
        ),
        sa.ForeignKeyConstraint(
            ["weighting_run_id"],
            ["weighting_run.id"],
            name=op.f("fk_report_edition_weighting_run_id_weighting_run"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_edition")),
    )
    with op.batch_alter_table("report_edition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_report_edition_survey_id"), ["survey_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("report_edition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_edition_survey_id"))

    op.drop_table("report_edition")
    with op.batch_alter_table("weighting_run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_weighting_run_survey_id"))

    op.drop_table("weighting_run")
    with op.batch_alter_table("response", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_response_survey_id_status"))
        batch_op.drop_index(batch_op.f("ix_response_case_id"))

    op.drop_table("response")
    with op.batch_alter_table("survey_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_survey_case_survey_id"))

    op.drop_table("survey_case")
    op.drop_table("snapshot")
    op.drop_table("questionnaire_version")
    op.drop_table("survey")
    op.drop_table("role_grant")
    op.drop_table("population_count")
    with op.batch_alter_table("territorial_unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_territorial_unit_parent_id"))

    op.drop_table("territorial_unit")
    op.drop_table("population_reference")
    with op.batch_alter_table("login_attempt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_attempt_key_at"))

    op.drop_table("login_attempt")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_state"))

    op.drop_table("job")
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entry_at"))

    op.drop_table("audit_entry")
    op.drop_table("account")
