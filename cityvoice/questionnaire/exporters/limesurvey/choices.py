"""LimeSurvey's types for questions with options."""

import re

from cityvoice.questionnaire.exporters.limesurvey.shapes import Shape, ShapeMaker, Words
from cityvoice.questionnaire.exporters.limesurvey.spelling import Codes
from cityvoice.questionnaire.kinds import Display
from cityvoice.questionnaire.message import Message
from cityvoice.questionnaire.question import Question, ResponseOption

_GROUPS = "|"  # between an option's group and its label


class ChoiceShapes(ShapeMaker):
    """Types for what is chosen or put in order."""

    def _single(self, question: Question, codes: Codes) -> Shape:
        shape = Shape("O" if question.comment and codes.other is None else "L")
        if question.display is Display.DROPDOWN:
            shape.type = "!" if shape.type == "L" else "O"
            shape.attributes |= {"use_dropdown": "1"} if shape.type == "O" else {}
        elif question.display is Display.BUTTONS:
            shape.theme = "bootstrap_buttons"
        if any(option.group for option in question.options):
            shape.type = "!"
            shape.attributes["category_separator"] = _GROUPS
        self._answers(question, codes, shape)
        return shape

    def _multiple(self, question: Question, codes: Codes) -> Shape:
        own = [option for option in question.options if option.code != codes.other]
        shape = Shape("P" if any(option.specify for option in own) else "M")
        for option in own:
            where = Message("question %(name)s, %(code)s", name=question.name, code=option.code)
            relevance = self.translator.expression(option.when, where)
            shape.rows.append(
                (codes.items[option.code], self._words(question, option.label), relevance or "1")
            )
        self._other(question, codes, shape, place=len(own))
        if shape.type == "P" and not all(option.specify for option in own):
            self.lose(
                question,
                Message("options without a text field"),
                Message("LimeSurvey gives one to every option"),
            )
        exclusive = [codes.items[option.code] for option in own if option.exclusive or option.missing]
        if exclusive:
            shape.attributes["exclude_all_others"] = ";".join(exclusive)
        shape.theme = "bootstrap_buttons_multi" if question.display is Display.BUTTONS else ""
        self._counts(question, shape)
        self._missing(question)
        return shape

    def _answers(self, question: Question, codes: Codes, shape: Shape) -> None:
        place = 0
        for number, option in enumerate(question.options):
            if option.code == codes.other:
                place = number
                continue
            shape.answers.append((codes.answers[option.code], self._option_words(question, option, shape), 0))
            if option.when:
                self.lose(
                    question,
                    Message("condition of option %(code)s", code=option.code),
                    Message("LimeSurvey's answers have none"),
                )
            if option.specify:
                self.lose(
                    question,
                    Message("text of option %(code)s", code=option.code),
                    Message("LimeSurvey has one option 'other'"),
                )
        self._other(question, codes, shape, place=place)
        self._missing(question)

    def _option_words(self, question: Question, option: ResponseOption, shape: Shape) -> Words:
        words = self._words(question, option.label)
        if "category_separator" not in shape.attributes or option.group is None:
            return words
        group = self._words(question, option.group)
        return {each: f"{group.get(each, '')}{_GROUPS}{said}" for each, said in words.items()}

    def _other(self, question: Question, codes: Codes, shape: Shape, place: int) -> None:
        option = next((each for each in question.options if each.code == codes.other), None)
        if option is None:
            return
        shape.other = True
        if option.when:
            self.lose(
                question, Message("condition of option 'other'"), Message("LimeSurvey's answers have none")
            )
        shape.attributes["other_replace_text"] = self._words(question, option.label)
        if shape.type in "L!" and place == 0 and shape.answers:
            shape.attributes["other_position"] = "beginning"
        elif shape.type in "L!" and place < len(shape.answers):
            shape.attributes["other_position"] = "specific"
            shape.attributes["other_position_code"] = shape.answers[place - 1][0]
        if option.code != "other":
            self.lose(
                question,
                Message("code %(code)s became -oth-", code=option.code),
                Message("LimeSurvey stores it so"),
            )

    def _scale(self, question: Question, codes: Codes) -> Shape:
        plain = question.points == tuple("12345") and not (
            question.options or question.low_label or question.high_label
        )
        if plain:
            return Shape("5")
        self.lose(question, "scale", Message("it becomes a list of its points"))
        shape = Shape("L")
        for number, point in enumerate(question.points):
            ends = {0: question.low_label, len(question.points) - 1: question.high_label}
            said = self._words(question, ends.get(number))
            words = {each: f"{point} {said.get(each, '')}".strip() for each in self.languages}
            shape.answers.append((point if re.fullmatch("[0-9]{1,5}", point) else f"A{number}", words, 0))
        shape.answers += [
            (codes.answers[each.code], self._words(question, each.label), 0) for each in question.options
        ]
        return shape

    def _ranking(self, question: Question, codes: Codes) -> Shape:
        shape = Shape("R")
        self._answers(question, codes, shape)
        self._counts(question, shape)
        return shape

    def _best_worst(self, question: Question, codes: Codes) -> Shape:
        self.lose(question, Message("best and worst"), Message("it becomes a ranking of two"))
        shape = self._ranking(question, codes)
        shape.attributes["max_answers"] = "2"
        return shape
