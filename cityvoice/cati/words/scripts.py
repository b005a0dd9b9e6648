"""What interviewers say where nobody has written another script, and what its parts are called."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _

scripts: dict[str, LazyString] = {
    "introduction": _("Introduction"),
    "callback": _("When you call again"),
    "machine": _("For the answering machine"),
    "refusal": _("When they refuse"),
    "notice": _("Data protection notice"),
    "quota_full": _("When the quota is full"),
    "end": _("At the end"),
}

# What to say where nobody has written another script; {interviewer}, {city}, {survey}, {name} are filled in
default_scripts: dict[str, LazyString] = {
    "introduction": _(
        "Good morning. My name is {interviewer}, I am calling for the city of {city}. We are asking residents"
        " about the survey “{survey}”. Your number was drawn at random. May I ask you some questions?"
    ),
    "callback": _(
        "Good morning. My name is {interviewer}, I am calling for the city of {city} again, about the survey"
        " “{survey}”. We spoke about it before. Can we go on now?"
    ),
    "machine": _(
        "Good morning. This is a call for the city of {city} about the survey “{survey}”. We will call again."
        " Thank you."
    ),
    "refusal": _(
        "I understand. It takes only a few minutes, and the answers are published in totals alone. Would"
        " another time suit you better, or a link to answer on the web?"
    ),
    "notice": _(
        "Taking part is voluntary, and you may stop at any time or leave out a question. The controller of"
        " the data is the city of {city}. Your number is separated from your answers when fieldwork ends;"
        " results are published in totals alone. May I begin?"
    ),
    "quota_full": _(
        "Thank you. In your group enough people have answered already, so I have no more questions. Good-bye!"
    ),
    "end": _("That was the last question. Thank you very much for the conversation. Good-bye!"),
}
