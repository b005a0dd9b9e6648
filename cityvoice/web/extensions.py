"""Flask's extensions, made here once and bound to an application in `cityvoice.app`."""

from flask import current_app
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import event
from sqlalchemy.orm import Session

from cityvoice.core.db import Base

db = SQLAlchemy(metadata=Base.metadata)
babel = Babel()
login_manager = LoginManager()
migrate = Migrate()
csrf = CSRFProtect()


@event.listens_for(db.session, "after_commit")
def send_jobs(session: Session) -> None:
    """What a request asked the worker to do is sent when the request has committed."""
    current_app.extensions["queue"].send_waiting(session)
