"""The invitations' pages: `people` and `mailings` for staff, `refusal` for who wants no more mail."""

from flask import Blueprint

bp = Blueprint("invitations", __name__, template_folder="../templates")
