"""Cases, responses and the files that came with them."""

from datetime import date
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cityvoice.core.db import Base, PrimaryKey, Sha256
from cityvoice.questionnaire.model import SEED
from cityvoice.surveys.models.asking import QuestionnaireVersion, Survey
from cityvoice.surveys.types import ResponseStatus


class Case(Base):
    """A sampled or self-selected unit, before and apart from what it answers."""

    __tablename__ = "survey_case"
    __table_args__ = (
        UniqueConstraint("survey_id", "external_id"),
        CheckConstraint("base_weight >= 0", name="base_weight_not_negative"),
    )

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"), index=True)
    wave_id: Mapped[int] = mapped_column(ForeignKey("wave.id"), index=True)
    origin: Mapped[str] = mapped_column(String(16))
    external_id: Mapped[str | None] = mapped_column(String(120))  # the identifier that came with the data
    base_weight: Mapped[float] = mapped_column(default=1.0)


class Response(Base):
    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("token_sha256"),
        CheckConstraint("status IN ('partial', 'complete', 'screened_out')", name="status_known"),
        CheckConstraint("device IN ('phone', 'tablet', 'desktop')", name="device_known"),
        Index(None, "survey_id", "status"),
    )

    id: Mapped[PrimaryKey]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("survey_case.id"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("questionnaire_version.id"))
    # Finds the answers of whoever holds the secret; dropped at the end, so that nobody can any more
    token_sha256: Mapped[Sha256 | None]
    mode: Mapped[str | None] = mapped_column(String(4))
    modes: Mapped[dict[str, Any] | None]  # of answers given in another mode than `mode`, by variable
    language: Mapped[str | None] = mapped_column(String(12))
    status: Mapped[str] = mapped_column(String(12), default=ResponseStatus.PARTIAL)
    is_test: Mapped[bool] = mapped_column(default=False)  # of a pilot; counted and exported nowhere
    seed: Mapped[int | None]  # every random choice of this questionnaire follows from it
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answers_digest: Mapped[str | None] = mapped_column(String(16))  # equal for equal answers
    reached: Mapped[str | None] = mapped_column(String(120))  # the last section sent, to go on from
    consent_sha256: Mapped[Sha256 | None]  # of the notice that the resident agreed to
    answered_on: Mapped[date | None]  # a day, not a moment: times are coarsened for anonymity
    device: Mapped[str | None] = mapped_column(String(8))
    paradata: Mapped[dict[str, Any]] = mapped_column(default=dict)  # seconds by page, breaks, hasty pages

    survey: Mapped[Survey] = relationship()
    case: Mapped[Case] = relationship()
    version: Mapped[QuestionnaireVersion] = relationship()

    @property
    def is_complete(self) -> bool:
        return self.status == ResponseStatus.COMPLETE

    @property
    def is_over(self) -> bool:
        """Nothing more will be asked."""
        return self.status != ResponseStatus.PARTIAL

    @property
    def engine_answers(self) -> dict[str, Any]:
        """The answers with the seed among them: all that routing needs to know."""
        return self.answers if self.seed is None else self.answers | {SEED: self.seed}


class Upload(Base):
    """A file sent with an answer; its bytes are in `storage/uploads`, named by their hash."""

    __tablename__ = "upload"
    __table_args__ = (CheckConstraint("n_bytes >= 0", name="size_not_negative"),)

    id: Mapped[PrimaryKey]
    response_id: Mapped[int] = mapped_column(ForeignKey("response.id", ondelete="CASCADE"), index=True)
    field: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[Sha256]
    media_type: Mapped[str] = mapped_column(String(120))
    n_bytes: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(255))  # what it answers; not what its sender called it
