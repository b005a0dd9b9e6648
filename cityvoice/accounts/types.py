"""Roles, and what the audit log may say."""

from enum import StrEnum


class Role(StrEnum):
    ADMINISTRATOR = "administrator"  # accounts, settings, the audit log; may do all that others may
    OFFICIAL = "official"  # owns surveys, signs reports
    ANALYST = "analyst"  # weights, tabulates, builds reports
    INTERVIEWER = "interviewer"  # interviews by phone
    SUPERVISOR = "supervisor"  # runs the fieldwork
    FACILITATOR = "facilitator"  # runs workshops
    DATA_STEWARD = "data_steward"  # keeps data sets and the population reference


class Action(StrEnum):
    """What a person did; past tense, object first."""

    LOGGED_IN = "account.logged_in"
    LOGGED_OUT = "account.logged_out"
    ACCOUNT_CREATED = "account.created"
    SURVEY_BEGUN = "survey.begun"
    QUESTIONNAIRE_PUBLISHED = "questionnaire.published"
    SURVEY_IMPORTED = "survey.imported"
    SURVEY_OPENED = "survey.opened"
    SURVEY_CLOSED = "survey.closed"
    ACCESS_CHANGED = "survey.access_changed"
    QUOTAS_CHANGED = "survey.quotas_changed"
    PARTICIPANTS_ADDED = "participants.added"
    MAILING_REQUESTED = "mailing.requested"
    MAILING_RETRIED = "mailing.retried"
    BOUNCES_READ = "bounces.read"
    FRAME_IMPORTED = "frame.imported"
    SAMPLE_DRAWN = "sample.drawn"
    SAMPLE_DISCARDED = "sample.discarded"
    REPLICATES_RELEASED = "sample.released"
    NEVER_CALL_ADDED = "never_call.added"
    BACK_CHECKS_DRAWN = "back_checks.drawn"  # their numbers are shown to supervisors
    CALLING_PLAN_CHANGED = "calling_plan.changed"
    INTERVIEWERS_CHANGED = "interviewers.changed"
    CONTACTS_ERASED = "contacts.erased"
    METHOD_DESCRIBED = "survey.method_described"
    ANSWERS_EXPORTED = "answers.exported"
    ANSWERS_IMPORTED = "answers.imported"
    CONTROL_TOTALS_DECLARED = "control_totals.declared"
    CONTROL_TOTALS_WITHDRAWN = "control_totals.withdrawn"
    WEIGHTS_COMPUTED = "weights.computed"
    REPORT_REQUESTED = "report.requested"
