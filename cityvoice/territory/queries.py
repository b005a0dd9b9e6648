"""Reads of territorial units and population references."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cityvoice.territory.models import PopulationReference, TerritorialUnit


def find_city(session: Session) -> TerritorialUnit | None:
    statement = select(TerritorialUnit).where(TerritorialUnit.level == "city").order_by(TerritorialUnit.id)
    return session.scalars(statement).first()


def list_districts(session: Session, city_id: int) -> Sequence[TerritorialUnit]:
    statement = select(TerritorialUnit).where(TerritorialUnit.parent_id == city_id)
    return session.scalars(statement.order_by(TerritorialUnit.code)).all()


def find_reference(session: Session, slug: str) -> PopulationReference | None:
    return session.scalar(select(PopulationReference).where(PopulationReference.slug == slug))


def find_latest_reference(session: Session) -> PopulationReference | None:
    return session.scalars(select(PopulationReference).order_by(PopulationReference.id.desc())).first()
