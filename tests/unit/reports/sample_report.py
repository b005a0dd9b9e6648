"""A rich audit report with invented numbers, in Polish and in English: what the tests render."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime

from cityvoice.figures.dots import DotRow, DotSection
from cityvoice.figures.likert import LikertScale
from cityvoice.figures.numbers import Unit
from cityvoice.figures.profile import ProfileRow, ProfileSection
from cityvoice.figures.reading import Mark, Reading
from cityvoice.reports.document import (
    AuditReport,
    Break,
    ChoiceQuestion,
    Colophon,
    Comments,
    Differences,
    Fact,
    Finding,
    GroupedMeasure,
    Indicator,
    MethodItem,
    NumberQuestion,
    Participation,
    RatingBattery,
    RatingItem,
    SampleProfile,
    Section,
    TitlePage,
    Weighting,
)

MARKS = {6: Mark.FLAGGED, 7: Mark.SUPPRESSED}  # among the items of the battery
AT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
SHARES = (0.74, 0.65, 0.6, 0.55, 0.49, 0.44, 0.38, 0.21)


@dataclass(frozen=True)
class Texts:
    """One language of the sample."""

    title_page: TitlePage
    lead: str
    statements: tuple[str, ...]
    details: tuple[str, ...]
    fact_labels: tuple[str, ...]
    method: tuple[tuple[str, str], ...]
    levels: tuple[str, ...]
    sides: tuple[str, str]
    stem: str
    items: tuple[str, ...]
    base: str
    finding: str
    note: str
    choice: tuple[str, tuple[str, ...], str]
    number: tuple[str, str, str]
    section_titles: tuple[str, str]
    breaks: tuple[Break, ...]
    difference_finding: str
    source: str
    weighting: str
    indicators: tuple[tuple[str, str, str, str, str], ...]
    converged: str
    comments: tuple[str, tuple[str, ...], tuple[str, ...]]
    colophon: tuple[str, str, str, str]


PL = Texts(
    title_page=TitlePage(
        kind="Raport z badania opinii mieszkańców",
        city="Miasto Przykładowe",
        title="Jakość życia i usługi miejskie",
        edition="Edycja trzecia, 2026",
        fieldwork="2 marca – 12 kwietnia 2026 r.",
        sponsor="Urząd Miasta Przykładowego, Wydział Dialogu Społecznego",
        conductor="Pracownia Badań Miejskich „Żywa Łąka”",
        data_as_of="4 maja 2026 r.",
    ),
    lead=(
        "O jakość życia zapytaliśmy 595 mieszkańców w wieku 15 i więcej lat, telefonicznie i przez internet. "
        "Wyniki ważono do struktury ludności według dzielnicy, płci i wieku. Oto co z nich wynika."
    ),
    statements=(
        "Z zieleni i parków zadowolonych jest trzy czwarte mieszkańców",
        "Komunikacja miejska ma za sobą dwie trzecie pasażerów, ale nie w dzielnicach południowych",
        "Niespełna połowa uważa, że ulice są czyste",
        "Tylko co piąty jest zadowolony z dostępności mieszkań",
    ),
    details=(
        "Najwięcej w Śródmieściu, najmniej na Zażółciu; od poprzedniej edycji bez istotnej zmiany.",
        "Różnica między Śródmieściem a Gęśią Jaźnią wynosi 21 punktów i przekracza błąd pomiaru.",
        "",
        "Wśród osób do 30. roku życia odsetek ten spada do 12%, a w najmie prywatnym do 9%.",
    ),
    fact_labels=("wywiady", "telefon / internet", "efektywna liczebność", "największy błąd (95%)", "ważenie"),
    method=(
        ("Strategia zbierania danych", "Badanie ilościowe, jednorazowy pomiar przekrojowy metodą mieszaną."),
        (
            "Zleceniodawca i wykonawca",
            "Zleceniodawcą i płatnikiem jest Urząd Miasta Przykładowego; badanie wykonała Pracownia Badań "
            "Miejskich „Żywa Łąka”.",
        ),
        (
            "Narzędzia pomiarowe",
            "Kwestionariusz liczący 15 pytań; pełne brzmienie pytań i kafeterii podajemy przy wynikach. "
            "Kolejność pozycji w bateriach losowano.",
        ),
        ("Badana populacja", "Mieszkańcy miasta w wieku 15 i więcej lat, niezależnie od zameldowania."),
        (
            "Dobór próby",
            "Próba telefoniczna: losowanie numerów komórkowych i stacjonarnych (RDD), 297 wywiadów. Próba "
            "internetowa: zaproszenia z operatu adresowego i nabór otwarty, 298 ankiet. Części otwartej nie "
            "dobierano losowo, dlatego dla całości nie podajemy błędu losowego bez założenia modelu.",
        ),
        ("Metody i tryby", "CATI (297) oraz CAWI (298); te same pytania, skala czytana od góry do dołu."),
        ("Termin realizacji", "Od 2 marca do 12 kwietnia 2026 r., w godzinach 10–20, także w soboty."),
        (
            "Liczebność i precyzja",
            "n = 595, efektywna liczebność 418; przedziały 95% policzono metodą Wilsona z liczebnością "
            "efektywną i podano przy każdej liczbie.",
        ),
        (
            "Ważenie",
            "Ważenie wieńcowe do rozkładów dzielnicy, płci i wieku (GUS, stan na 31 grudnia 2025 r.), wagi "
            "przycięto do przedziału 0,3–3,0 średniej.",
        ),
        (
            "Przetwarzanie i kontrola jakości",
            "Odsłuch 12% rozmów, kontrola czasu wypełniania i odpowiedzi jednakowych, kodowanie odpowiedzi "
            "otwartych przez dwie osoby.",
        ),
        (
            "Ograniczenia",
            "Osoby bez telefonu i internetu nie miały szansy odpowiedzieć; w trzech grupach wieku "
            "i dzielnicy liczebność jest mniejsza niż 30 i takie wyniki oznaczono gwiazdką.",
        ),
    ),
    levels=(
        "bardzo niezadowolony(-a)",
        "raczej niezadowolony(-a)",
        "ani tak, ani nie",
        "raczej zadowolony(-a)",
        "bardzo zadowolony(-a)",
    ),
    sides=("niezadowoleni", "zadowoleni"),
    stem="Na ile jest Pan(i) zadowolony(-a) z następujących rzeczy w naszym mieście?",
    items=(
        "Zieleń i parki",
        "Komunikacja miejska",
        "Oferta kulturalna domów kultury, bibliotek i świetlic w Pana(i) dzielnicy",
        "Szkoły i przedszkola",
        "Czystość ulic",
        "Praca urzędników",
        "Opieka zdrowotna",
        "Dostępność mieszkań",
    ),
    base="wszyscy, bez odpowiedzi „nie wiem”; dane ważone",
    finding="Z zieleni zadowolonych jest trzy czwarte mieszkańców, z dostępności mieszkań – co piąty",
    note="Pozycje uporządkowano według odsetka zadowolonych.",
    choice=(
        "Skąd dowiaduje się Pan(i) o sprawach miasta? Proszę wskazać wszystkie źródła.",
        (
            "Strona internetowa miasta",
            "Media społecznościowe",
            "Od rodziny, znajomych i sąsiadów",
            "Ogłoszenia i plakaty na przystankach, w urzędzie i w szkołach",
            "Lokalna prasa, radio lub telewizja",
            "Nie dowiaduję się",
        ),
        "Cztery osoby na dziesięć szukają wiadomości na stronie miasta",
    ),
    number=("Od ilu lat mieszka Pan(i) w naszym mieście?", "średnio lat", ""),
    section_titles=("Życie w mieście", "Informacja i urząd"),
    breaks=(
        Break(
            "Dzielnica", ("Śródmieście", "Gęśla Jaźń", "Łąki Północne", "Zażółcie", "Źródliska", "Ćmielów")
        ),
        Break("Płeć", ("kobiety", "mężczyźni")),
        Break("Wiek", ("15–29", "30–44", "45–59", "60 i więcej")),
    ),
    difference_finding="W Śródmieściu z zieleni zadowolonych jest o 21 punktów więcej niż na Zażółciu",
    source="GUS, Bank Danych Lokalnych, stan na 31 grudnia 2025 r.",
    weighting="Ważenie wieńcowe do trzech rozkładów brzegowych; wagi przycięto do 0,3–3,0 ich średniej.",
    indicators=(
        ("Wskaźnik uczestnictwa", "595 osób", "71 400 mieszkańców 15+", "na 1000 mieszkańców", ""),
        (
            "Niepodobieństwo D",
            "½ Σ |p − P| po dzielnicach",
            "6 dzielnic",
            "",
            "Taka część uczestników musiałaby pochodzić z innych dzielnic, aby rozkłady były jednakowe.",
        ),
        (
            "Zmienność uczestnictwa CV",
            "odchylenie standardowe stóp uczestnictwa dzielnic",
            "średnia stopa uczestnictwa",
            "",
            "0 oznacza równe uczestnictwo wszystkich dzielnic.",
        ),
    ),
    converged="zbieżne",
    comments=(
        "Co jedno zmienił(a)by Pan(i) w naszym mieście?",
        ("transport i parkowanie", "zieleń", "mieszkania", "czystość"),
        (
            "Chodniki! Z wózkiem nie da się przejechać ani ulicą Długą, ani koło szkoły.",
            "Więcej cienia na placu i ławki, na których można usiąść w upał, a nie tylko ładnie wyglądają.",
        ),
    ),
    colophon=(
        "ważenie: dzielnica, płeć, wiek; wagi przycięte do 0,3–3,0; przedziały Wilsona",
        "Source Serif i Source Sans (Adobe, SIL Open Font License 1.1)",
        "Treść raportu: CC BY 4.0",
        "Migawka danych",
    ),
)

EN = Texts(
    title_page=TitlePage(
        kind="Report of a survey of residents",
        city="Sampleton",
        title="Living here",
        edition="Third edition, 2026",
        fieldwork="2 March – 12 April 2026",
        sponsor="City of Sampleton, Office of Dialogue",
        conductor="Meadow Urban Research",
        data_as_of="4 May 2026",
    ),
    lead=(
        "We asked 595 residents aged 15 and over about their quality of life, by phone and on the web. "
        "Results are weighted to the population by district, sex and age. This is what they say."
    ),
    statements=(
        "Three in four residents are satisfied with parks and green space",
        "Public transport satisfies two in three, but not in the south",
        "Fewer than half find the streets clean",
        "Only one in five is satisfied with the housing on offer",
    ),
    details=("Most in the Old Town, fewest in Quayside; no clear change since the last edition.", "", "", ""),
    fact_labels=("interviews", "phone / web", "effective sample", "largest error (95%)", "weighting"),
    method=tuple(
        (heading, "What was done is written here in one or two plain sentences that a resident understands.")
        for heading in (
            "Data collection strategy",
            "Sponsor and conductor",
            "Instruments",
            "Population under study",
            "Sample and recruitment",
            "Methods and modes",
            "Dates of fieldwork",
            "Sample sizes and precision",
            "Weighting",
            "Processing and quality",
            "Limitations",
        )
    ),
    levels=("very dissatisfied", "fairly dissatisfied", "neither", "fairly satisfied", "very satisfied"),
    sides=("dissatisfied", "satisfied"),
    stem="How satisfied are you with each of the following in our city?",
    items=(
        "Green space and parks",
        "Public transport",
        "What libraries, community centres and theatres offer in your district",
        "Schools and nurseries",
        "Clean streets",
        "Work of city officials",
        "Health care",
        "Housing at a reasonable price",
    ),
    base="everybody, without “don't know”; weighted",
    finding="Three in four are satisfied with green space, one in five with housing",
    note="",
    choice=(
        "Where do you learn about city matters? Please name all that apply.",
        (
            "The city's website",
            "Social media",
            "Family, friends, neighbours",
            "Posters",
            "Local press",
            "Nowhere",
        ),
        "Four in ten look for news on the city's website",
    ),
    number=("For how many years have you lived in our city?", "years on average", ""),
    section_titles=("Life in the city", "Information and offices"),
    breaks=(
        Break("District", ("Old Town", "Quayside", "North Meadows", "Millfield", "Springs", "Hill")),
        Break("Sex", ("women", "men")),
        Break("Age", ("15–29", "30–44", "45–59", "60 and over")),
    ),
    difference_finding="Satisfaction with parks is 21 points higher in the Old Town than in Millfield",
    source="Statistics office, 31 December 2025",
    weighting="Raking to three margins; weights trimmed to 0.3–3.0 of their mean.",
    indicators=(
        ("Participation rate", "595 persons", "71,400 residents 15+", "per 1000 residents", ""),
        ("Dissimilarity D", "½ Σ |p − P| over districts", "6 districts", "", ""),
        ("Variation of participation, CV", "standard deviation of district rates", "mean rate", "", ""),
    ),
    converged="converged",
    comments=("What one thing would you change?", ("transport", "green"), ("More shade on the square.",)),
    colophon=(
        "raking: district, sex, age; weights trimmed to 0.3–3.0; Wilson intervals",
        "Source Serif and Source Sans (Adobe, SIL Open Font License 1.1)",
        "CC BY 4.0",
        "Data snapshot",
    ),
)
LANGUAGES = {"pl": PL, "en": EN}


def reading(value: float, n: int = 577, *, half: float = 0.042, mark: Mark = Mark.FIRM) -> Reading:
    return Reading(value, max(0.0, value - half), min(1.0, value + half), n, n * 0.7, mark)


def shares_for(favourable: float, n_levels: int = 5) -> tuple[float, ...]:
    """Shares of levels with a given favourable share in the last two."""
    if n_levels == 2:
        return (1 - favourable, favourable)
    rest = 1 - favourable
    others = [rest / (n_levels - 2)] * (n_levels - 2)
    others[0] *= 0.6
    others[1] = rest - others[0] - sum(others[2:])
    return (*others, favourable * 0.62, favourable * 0.38)


def scale_of(texts: Texts) -> LikertScale:
    return LikertScale(texts.levels, 2, 2, *texts.sides)


def battery_of(texts: Texts, *, prefix: str = "P4") -> RatingBattery:
    items = tuple(
        RatingItem(f"{prefix}_{i}", label, shares_for(share), _item_reading(i, share))
        for i, (label, share) in enumerate(zip(texts.items, SHARES, strict=True), start=1)
    )
    return RatingBattery(scale_of(texts), items, texts.stem, texts.base, texts.finding, texts.note)


def _item_reading(number: int, share: float) -> Reading:
    return reading(share, 590 - 7 * number, mark=MARKS.get(number, Mark.FIRM))


def differences_of(texts: Texts, n_items: int) -> Differences:
    chance = random.Random(7)  # noqa: S311 - invented numbers
    measures = []
    for i in range(n_items):
        city = SHARES[i % 8]
        groups = tuple(
            tuple(_group_reading(chance, city, len(one.levels)) for _ in one.levels) for one in texts.breaks
        )
        measures.append(
            GroupedMeasure(
                code=f"P4_{i + 1}",
                label=texts.items[i % 8],
                wording=f"{texts.stem} {texts.items[i % 8]}",
                measure=f"{texts.sides[1]}, %",
                city=reading(city, 577),
                groups=groups,
                is_key=i < 2,
                finding=texts.difference_finding if i == 0 else "",
            )
        )
    return Differences(texts.breaks, tuple(measures))


def _group_reading(chance: random.Random, city: float, n_levels: int) -> Reading:
    n = int(595 / n_levels * chance.uniform(0.1, 1.5))
    mark = Mark.SUPPRESSED if n < 14 else Mark.FLAGGED if n < 30 else Mark.FIRM
    value = min(0.97, max(0.03, city + chance.uniform(-0.15, 0.15)))
    return reading(value, n, half=min(0.3, 1.0 / n**0.5), mark=mark)


def profile_of(texts: Texts) -> SampleProfile:
    chance = random.Random(3)  # noqa: S311 - invented numbers
    sections = []
    for one in texts.breaks:
        raw = [chance.uniform(0.6, 1.4) for _ in one.levels]
        skew = [share * chance.uniform(0.6, 1.5) for share in raw]
        rows = tuple(
            ProfileRow(level, round(595 * s / sum(skew)), p / sum(raw), s / sum(skew), p / sum(raw))
            for level, p, s in zip(one.levels, raw, skew, strict=True)
        )
        sections.append(ProfileSection(one.label, rows))
    weighting = Weighting(texts.weighting, 595, 418.2, 1.423, 0.31, 2.97, True, 14, 0.017)
    return SampleProfile(tuple(sections), texts.source, weighting)


def participation_of(texts: Texts) -> Participation:
    chance = random.Random(11)  # noqa: S311 - invented numbers
    values = (
        Reading(8.33, n=595),
        Reading(0.187, 0.16, 0.21, n=595),
        Reading(0.41, 0.36, 0.47, n=595),
    )
    indicators = tuple(
        Indicator(name, value, unit, numerator, denominator, texts.source, suffix, meaning)
        for (name, numerator, denominator, suffix, meaning), value, unit in zip(
            texts.indicators, values, (Unit.RATE, Unit.INDEX, Unit.RATIO), strict=True
        )
    )
    ratios = tuple(
        DotSection(tuple(DotRow(level, _ratio(chance)) for level in one.levels), one.label)
        for one in texts.breaks
    )
    return Participation(indicators, ratios, texts.source)


def _ratio(chance: random.Random) -> Reading:
    value = chance.uniform(0.55, 1.7)
    return Reading(value, value * 0.85, value * 1.17, int(value * 90))


def sample_report(locale: str = "pl") -> AuditReport:
    """Everything that a report may have, with a suppressed and a flagged reading among the groups."""
    texts = LANGUAGES[locale]
    wording, options, choice_finding = texts.choice
    choice = ChoiceQuestion(
        "P7",
        wording,
        tuple(DotRow(label, reading(0.43 - 0.07 * i, 595)) for i, label in enumerate(options)),
        texts.base,
        is_multiple=True,
        finding=choice_finding,
    )
    years = Reading(27.4, 25.9, 28.9, 588, 409.0)
    number = NumberQuestion("P9", texts.number[0], texts.number[1], years, texts.base)
    question, themes, quotations = texts.comments
    recipe, fonts, licence, snapshot = texts.colophon
    return AuditReport(
        title_page=texts.title_page,
        dated_at=AT,
        facts=tuple(map(Fact, texts.fact_labels, ("595", "297 / 298", "418", "±4,8 p.p.", texts.converged))),
        findings=tuple(
            Finding(reading(share), statement, detail)
            for share, statement, detail in zip(
                (0.742, 0.653, 0.49, 0.209), texts.statements, texts.details, strict=True
            )
        ),
        method=tuple(MethodItem(heading, (text,)) for heading, text in texts.method),
        colophon=Colophon(
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "CityVoice 0.1.0",
            recipe,
            fonts,
            licence,
            (Fact(snapshot, "2026-05-04 09:30 UTC"),),
        ),
        lead=texts.lead,
        profile=profile_of(texts),
        sections=(
            Section(texts.section_titles[0], (battery_of(texts),)),
            Section(texts.section_titles[1], (choice, number)),
        ),
        differences=differences_of(texts, 8),
        participation=participation_of(texts),
        comments=Comments(
            question, 214, tuple(Fact(label, str(90 - 17 * i)) for i, label in enumerate(themes)), quotations
        ),
    )


def long_report(n_items: int = 132) -> AuditReport:
    """A report of a long questionnaire: rating items of one scale under several stems, all by group."""
    short = sample_report("pl")
    texts = PL
    sections = []
    for number in range(0, n_items, 22):
        items = tuple(
            RatingItem(
                f"q{number + i + 1}",
                f"{texts.items[i % 8]}, część {i + 1}",
                shares_for(SHARES[i % 8]),
                reading(SHARES[i % 8]),
            )
            for i in range(min(22, n_items - number))
        )
        battery = RatingBattery(scale_of(texts), items, texts.stem, texts.base)
        sections.append(Section(f"Część {number // 22 + 1}", (battery,)))
    parts = {name: getattr(short, name) for name in AuditReport.__slots__}
    return AuditReport(
        **{**parts, "sections": tuple(sections), "differences": differences_of(texts, n_items)}
    )
