"""Tells which attributes of LimeSurvey's questions an import does not keep, and why.

An attribute is used by `questions`, or a matter of layout that another renderer need not know, or else a loss
when it is set to something else than its default.
"""

from collections.abc import Iterator, Mapping

from cityvoice.questionnaire.importers.limesurvey.source import Question
from cityvoice.questionnaire.importers.report import Report
from cityvoice.questionnaire.message import Message

# What `questions` and `limits` read; where one means nothing, LimeSurvey ignores it, too.
_USED = frozenset(
    """
    allowed_filetypes alphasort answer_order array_filter array_filter_exclude category_separator
    date_format date_max date_min display_type dropdown_dates_year_max dropdown_dates_year_min
    dualscale_headerA dualscale_headerB em_validation_q em_validation_q_tip em_validation_sq
    em_validation_sq_tip equals_num_value equation exclude_all_others hidden input_boxes
    location_mapservice max_answers max_num_value max_num_value_n max_subquestions maximum_chars
    min_answers min_num_value min_num_value_n multiflexible_checkbox multiflexible_max multiflexible_min
    multiflexible_step num_value_int_only numbers_only other_comment_mandatory other_numbers_only
    other_position other_position_code other_replace_text prefix random_group random_order
    question_theme_name slider_accuracy slider_layout slider_max slider_min slider_separator
    subquestion_order suffix use_dropdown text_input_width question_template
    """.split()  # noqa: SIM905 - a list of words
)

# Looks, printing and statistics: nothing that is asked or stored changes.
_LAYOUT = frozenset(
    """
    answer_width answer_width_bycolumn array_filter_style choice_input_columns choice_title cssclass
    display_columns display_rows dropdown_dates dropdown_dates_minute_step dropdown_dates_month_style
    dropdown_prefix dropdown_prepostfix dropdown_separators dropdown_size fix_height fix_width hide_tip
    horizontal_scroll id image_width crop_or_resize keep_aspect input_size label_input_columns page_break
    placeholder powerbiDataType powerbiHideThisQuestion googlesheetsDataType printable_help
    public_statistics rank_title repeat_headings responseOutputBodyFormat responseOutputLayout reverse
    samechoiceheight samelistheight save_as_default clear_default scale_export show_comment
    show_grand_total show_title show_totals showpopups slider_custom_handle slider_handle
    slider_orientation slider_rating slider_reset slider_showminmax statistics_graphtype
    statistics_showgraph statistics_showmap text_input_columns value_range_allows_missing
    min_num_value_sgqa max_num_value_sgqa num_value_equals_sgqa same_script encrypted assessment_value
    """.split()  # noqa: SIM905 - a list of words
)

# Attributes that go with another one: they mean something only where that one is set.
_FAMILIES: Mapping[str, str] = {
    "time_limit": "time_limit",
    "location_": "location_mapservice",
    "slider_": "slider_layout",
    "statistics_": "",
    "range_": "range_slider_record",
    "autocompleteanswer_": "autocompleteanswer_activate",
    "extraSurvey": "extraSurvey",
}
_OFF = frozenset({"", "0", "N", "default", "normal", "inherit"})

_REASONS: Mapping[str, str] = {
    "time_limit": Message("a page has no time limit: it would shut out people who read slowly"),
    "exclude_all_others_auto": Message("an exclusive option is chosen by the respondent alone"),
    "commented_checkbox": Message("an option's text field does not tick its box"),
    "commented_checkbox_auto": Message("an option's text field does not tick its box"),
    "code_filter": Message("labels are not filtered by code"),
    "parent_order": Message("items do not take over another question's random order"),
    "slider_middlestart": Message("a slider begins without an answer"),
    "slider_default": Message("a slider begins without an answer, so that none is counted unseen"),
    "slider_default_set": Message("a slider begins without an answer, so that none is counted unseen"),
    "slider_reversed": Message("a slider runs from low to high"),
    "max_num_of_files": Message("a question takes one file"),
    "min_num_of_files": Message("a required question takes exactly one file"),
    "max_filesize": Message("the size of uploads is the installation's"),
    "location_nodefaultfromip": Message("a place is never guessed from the address of a computer"),
    "location_city": Message("a place is stored as a point alone"),
    "location_state": Message("a place is stored as a point alone"),
    "location_country": Message("a place is stored as a point alone"),
    "location_postal": Message("a place is stored as a point alone"),
    "location_mapzoom": Message("the map shows the city"),
    "location_mapwidth": Message("the map fits the screen"),
    "location_mapheight": Message("the map fits the screen"),
    "location_defaultcoordinates": Message("the map shows the city"),
    "add_platform_info": Message("no facts about the respondent's device are stored with answers"),
    "scriptActivate": Message("no script is taken from a file"),
}
_DEFAULTS: Mapping[str, frozenset[str]] = {
    "max_num_of_files": frozenset({"1"}),
    "min_num_of_files": frozenset({"0", "1"}),
    "location_mapzoom": frozenset({"11"}),
    "location_mapwidth": frozenset({"500"}),
    "location_mapheight": frozenset({"300"}),
}


def report_lost_attributes(question: Question, where: str, report: Report) -> None:
    """Tell every attribute that is set and not kept."""
    for name, value in _lost(question):
        stem = "time_limit" if name.startswith("time_limit") else name
        report.lose(
            where, f"{name} = {value}", _REASONS.get(stem, Message("no such attribute is known here"))
        )


def _lost(question: Question) -> Iterator[tuple[str, str]]:
    for name in question.attributes:
        value = question.attribute(name)
        if name in _USED or name in _LAYOUT or value in _OFF | _DEFAULTS.get(name, frozenset()):
            continue
        switch = next((on for prefix, on in _FAMILIES.items() if name.startswith(prefix)), None)
        if switch is None or question.attribute(switch) not in _OFF:
            yield name, value
