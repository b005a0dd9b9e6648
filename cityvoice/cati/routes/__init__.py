"""Pages of interviewing by phone: `console` for interviewers, the others for supervisors."""

from flask import Blueprint

bp = Blueprint("cati", __name__, template_folder="../templates", url_prefix="/cati")
