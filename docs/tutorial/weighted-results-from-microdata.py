# %% [markdown]
# # Weighted results from microdata
#
# An analyst of a city hall has a file of answers and wants numbers that will stand. We go the whole way
# with real Polish data, the *Diagnoza Społeczna* of 2013, and two libraries that need no server:
# `cityvoice.stats` computes and `cityvoice.figures` draws, so everything here also runs in a notebook.
# Sixteen voivodeships stand where your districts would.
#
# The data are not ours and not in this repository. Put `diagnoza_noname.csv.gz` (38,461 people, from the R
# package *PogromcyDanych*) and the question dictionary `osobyDict.csv` into a folder and name it in
# `SURVEY`.

# %%
from pathlib import Path

import pandas as pd

from cityvoice.figures.dots import DotFigure, DotRow, DotSection, Reference
from cityvoice.figures.likert import LikertFigure, LikertRow, LikertScale
from cityvoice.figures.numbers import number_format
from cityvoice.figures.reading import Reading
from cityvoice.stats.change import change
from cityvoice.stats.design import SurveyDesign
from cityvoice.stats.disclosure.anonymity import anonymity
from cityvoice.stats.disclosure.linked_tables import count_tables
from cityvoice.stats.disclosure.suppression import suppress_small_counts
from cityvoice.stats.estimation import grouped
from cityvoice.stats.frame import Frame
from cityvoice.stats.hypothesis.independence import independence_test
from cityvoice.stats.items import CategoricalItem, NumericItem
from cityvoice.stats.replicated import with_jackknife
from cityvoice.stats.tables import tabulate
from cityvoice.stats.weighting.margins import Margin
from cityvoice.stats.weighting.nonresponse import WeightingClasses
from cityvoice.stats.weighting.raking import Rake
from cityvoice.stats.weighting.recipe import Recipe, apply_recipe

SURVEY = Path("diagnoza_spoleczna")

# %% [markdown]
# ## 1. Read, and look at what a row is
#
# A row is a member of a surveyed household, children included. People with weight 0 were in earlier waves
# only; 71 have no age. Labels come with stray spaces, which would make two answers of one. And five people
# answered who were 15: outside the population, so their answers go. (Left in, they would speak for all
# 5,404 children, and the effective sample would fall to 300; the record of section 3 would warn of it.)

# %%
people = pd.read_csv(SURVEY / "diagnoza_noname.csv.gz", low_memory=False)
people = people[(people["waga_2013_osoby"] > 0) & people["wiek2013"].notna()].reset_index(drop=True)
text = people.select_dtypes("str").columns
people[text] = people[text].apply(lambda column: column.str.strip())
is_child = people["wiek2013"] < 16
people.loc[is_child, list(people.filter(like="gp"))] = None

questions = pd.read_csv(SURVEY / "osobyDict.csv").set_index("name")["description"]
people["wiek"] = pd.cut(
    people["wiek2013"], [-1, 15, 34, 49, 64, 120], labels=["0-15", "16-34", "35-49", "50-64", "65+"]
)
answered = people.filter(like="gp54_").notna().any(axis=1)
answered.groupby(people["wiek"], observed=True).agg(people="size", answered="sum", rate="mean").round(3)

# %% [markdown]
# The questionnaire was for those aged 16 and over. One in seven did not fill it in, the young most often.
# The weight in the file belongs to members of households and knows nothing of that.
#
# ## 2. The design: how the sample was drawn
#
# Households were drawn within voivodeships. The file has no household number, but members stand one below
# another and share their weight: a run of equal weights is a household. This gives nearly the number that
# the survey's authors report (12,355).

# %%
shared = people[["waga_2013_osoby", "wojewodztwo"]]
people["gospodarstwo"] = shared.ne(shared.shift()).any(axis=1).cumsum()
drawn = SurveyDesign(
    weights=people["waga_2013_osoby"], strata=people["wojewodztwo"], psu=people["gospodarstwo"]
)
f"{len(drawn)} people in {people['gospodarstwo'].nunique()} households, {drawn.degrees_of_freedom:g} df"

# %% [markdown]
# The sample was also clustered in neighbourhoods and stratified by class of place. The file hides both, so
# the errors below count households, not neighbourhoods: take them as the least they can be. With your own
# survey, give the drawn units as `psu`.
#
# ## 3. Weights as a recipe
#
# Two steps, apart from the data. First, those who answered take over the weight of those of the same age
# and sex who did not; children, whom nobody asked, have nothing missing and keep theirs. Then all is raked
# to the population on 31 December 2013 (GUS, *Ludność. Stan i struktura oraz ruch naturalny w przekroju
# terytorialnym*).

# %%
population = {
    "Dolnośląskie": 2_909_997, "Kujawsko-Pomorskie": 2_092_564, "Lubelskie": 2_156_150, "Lubuskie": 1_021_470,
    "Łódzkie": 2_513_093, "Małopolskie": 3_360_581, "Mazowieckie": 5_316_840, "Opolskie": 1_004_416,
    "Podkarpackie": 2_129_294, "Podlaskie": 1_194_965, "Pomorskie": 2_295_811, "Śląskie": 4_599_447,
    "Świętokrzyskie": 1_268_239, "Warmińsko-Mazurskie": 1_446_915, "Wielkopolskie": 3_467_016,
    "Zachodnio-Pomorskie": 1_718_861,
}  # fmt: skip
sexes = {"kobieta": 19_866_124, "mężczyzna": 18_629_535}
people["komplet"] = (answered | is_child).astype(int)
recipe = Recipe(
    (
        WeightingClasses("komplet", ("plec", "wiek")),
        Rake((Margin("wojewodztwo", population), Margin("plec", sexes))),
    ),
    name="Diagnoza 2013",
)
weighting = apply_recipe(recipe, people, drawn.weights)
raking = weighting.records[1]
shares = raking.to_frame().set_index("level")[["n", "before_share", "after_share", "target_share"]]
shares.loc[["Mazowieckie", "Śląskie", "Opolskie", "kobieta"]].round(4)

# %% [markdown]
# Every step leaves such a record. Ask it whether the weights are healthy; `recipe.to_json()` goes into the
# file with the report, so that anyone can run it again.

# %%
pd.DataFrame(
    {
        record.kind: {
            "converged": record.converged,
            "n": record.after.n,
            "n_eff": round(record.after.n_eff),
            "Kish deff": round(record.after.kish_deff, 3),
            "largest / smallest": round(record.after.max_to_min),
            "warnings": " ".join(record.warnings) or "none",
        }
        for record in weighting.records
    }
)

# %% [markdown]
# `extreme-weights` says that somebody counts for more than ten average people; here it is the file's own
# weight that does it. A step `CapAndRerake` would bound that, at the price of a little bias; we leave it.
#
# ## 4. All items by all domains in one call
#
# One closed question about life as a whole, six statements on one scale of seven, one number. `boxes` are
# levels that you count together. Missing answers are an error unless dropped on purpose: here the unasked
# and the silent.

# %%
LIFE = ("OKROPNE", "NIESZCZĘŚLIWE", "NIEZBYT UDANE", "ANI DOBRE, ANI ZŁE", "DOSYĆ DOBRE",
        "UDANE", "WSPANIAŁE")  # fmt: skip
AGREE = ("ZDECYDOWANIE NIE", "NIE", "RACZEJ NIE", "ANI TAK, ANI NIE", "RACZEJ TAK", "TAK", "ZDECYDOWANIE TAK")
statements = ["gp54_20", "gp54_10", "gp54_11", "gp54_18", "gp54_08", "gp54_07"]
items = [
    CategoricalItem.from_values("gp3", people["gp3"], levels=LIFE, boxes={"dobre": LIFE[5:]}),
    *(
        CategoricalItem.from_values(name, people[name], levels=AGREE, boxes={"zgoda": AGREE[4:]})
        for name in statements
    ),
    NumericItem("gp113", people["gp113"].to_numpy()),
]
design = weighting.design(drawn)
people["dorosli"] = people["wiek"].cat.remove_categories("0-15")
domains = {
    "wojewodztwo": people["wojewodztwo"],
    "wiek": people["dorosli"],
    "wojewodztwo x wiek": Frame(people).crossed(["wojewodztwo", "dorosli"]),
}
table = tabulate(design, items, domains, missing="drop")
columns = ["item", "term", "value", "se", "low", "high", "n", "n_eff", "design_deff", "reliability"]
whole = pd.concat([table.select(item="gp3")[:8].to_frame(), table.select(item="gp113")[:1].to_frame()])
whole[columns].round(4)

# %% [markdown]
# Shares are fractions of 1. The interval of a share is Wilson's with Student's t; the error is a jackknife
# that repeats both steps of the recipe 200 times ([how we compute](../explanation/how-we-compute.md)).
# `n_eff` is what the answers are worth after unequal weights; `design_deff` also counts that households
# agree with themselves.
#
# Every estimate can say itself:

# %%
table.select(item="gp3", term="dobre")[:2].to_sentences()

# %% [markdown]
# Read it so: if the survey were repeated many times, 95 of 100 such intervals would hold the true share.
# *Reliability* says whether to print it: *high* and *moderate* yes, *low* with a star, *insufficient* not
# at all.

# %%
bands = table.to_frame()
sets = bands[list(domains)].apply(pd.Series.first_valid_index, axis=1).fillna("Poland")
pd.crosstab(sets.rename("domains"), bands["reliability"])[["high", "moderate", "low", "insufficient"]]

# %% [markdown]
# Crossing voivodeship with age leaves some 400 answers to a cell, too few for part of the table. The six
# statements on one axis:

# %%
statements_figure = LikertFigure(
    title="Agreement with six statements",
    scale=LikertScale(AGREE, 3, 3, unfavourable="nie", favourable="tak"),
    rows=tuple(
        LikertRow(
            questions[name],
            tuple(table.select(item=name, term=level)[0].value for level in AGREE),
            Reading.of(table.select(item=name, term="zgoda")[0]),
        )
        for name in statements
    ),
    numbers=number_format("en"),
)
statements_figure

# %% [markdown]
# ## 5. Domains
#
# A voivodeship is a domain: people outside it count 0, and all strata and households stay in the design.
# Cutting the file instead would forget that the number of answers in a district is itself random.

# %%
places = sorted(
    (table.one(item="gp3", term="dobre", wojewodztwo=name) for name in population),
    key=lambda estimate: -estimate.value,
)
districts_figure = DotFigure(
    title="Life is good or wonderful, by voivodeship",
    measure="udane or wspaniałe, %",
    sections=(DotSection(tuple(DotRow(place.domain[0][1], Reading.of(place)) for place in places)),),
    numbers=number_format("en"),
    reference=Reference("Poland", table.select(item="gp3", term="dobre")[0].value),
)
districts_figure

# %% [markdown]
# Resist the ranking: most intervals overlap. To say that two places differ, test the difference.
#
# ## 6. Differences, changes, tests
#
# The same replicates serve every other estimator. Women less men, with the covariance of people who share a
# household:

# %%
people["dobre"] = people["gp3"].isin(LIFE[5:]).where(people["gp3"].notna()).astype(float)
replicated = with_jackknife(design)
by_sex = grouped(replicated, people, ["dobre"], ["plec"], missing="drop").estimates
gap = by_sex.contrast({"kobieta - mężczyzna": {"kobieta": 1, "mężczyzna": -1}})
apart = (by_sex.se**2).sum() ** 0.5
f"{100 * gap.values[0]:.2f} pp, se {100 * gap.se[0]:.2f}; if independent, se would be {100 * apart:.2f}"

# %% [markdown]
# A change between waves is asked for in the same way: stack the waves and name the column. This file has
# one wave, so two generations stand in for them; as in a panel, they share households, and `change` counts
# that too.

# %%
younger = change(replicated, people, ["dobre"], "dorosli", earlier="65+", later="16-34", missing="drop")
younger.to_table().to_frame()[["value", "se", "low", "high", "df"]].infer_objects().round(4)

# %% [markdown]
# Of the young, fifteen points more call their life good than of the old, give or take two.
#
# Do education and the view of life go together? Pearson's test as Rao and Scott corrected it for the
# design:

# %%
independence_test(replicated, people, "eduk4_2013", "gp3").to_sentence()

# %% [markdown]
# ## 7. Before you publish
#
# Small counts give people away. Counts below 10 are hidden, and others with them, so that no sum gives the
# first ones back:

# %%
file = people.dropna(subset=["gp3"])
hidden = suppress_small_counts(count_tables(file, [("wojewodztwo", "gp3")]), threshold=10)
published = hidden.to_frame(("wojewodztwo", "gp3")).astype({"value": "Int64"})
published.query("wojewodztwo == 'Lubuskie'")

# %% [markdown]
# And the file itself must not go out as it is: with age in years, sex, education and voivodeship many stand
# alone.

# %%
keys = ["plec", "wojewodztwo", "eduk4_2013"]
pd.DataFrame(
    {
        name: {"smallest class": found.k, "alone": found.n_unique, "in classes below 5": found.rows.size}
        for name, found in {
            "age in years": anonymity(file, [*keys, "wiek2013"]),
            "age in groups": anonymity(file, [*keys, "wiek"]),
        }.items()
    }
)

# %% [markdown]
# Groups help, and those still in small classes need coarser places or have to be left out.
