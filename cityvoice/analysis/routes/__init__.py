"""The analysis pages: `weighting` for control totals and weights, `results` for tables and downloads."""

from flask import Blueprint

bp = Blueprint("analysis", __name__, template_folder="../templates")
