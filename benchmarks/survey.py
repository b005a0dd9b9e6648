"""What all software is asked to do with the file of `respondents`: its margins, and how it was drawn."""

from benchmarks.respondents import POPULATION, SHARES
from cityvoice.stats.sampling import Sampling
from cityvoice.stats.weighting.margins import Margin
from cityvoice.stats.weighting.raking import Rake
from cityvoice.stats.weighting.recipe import Recipe

SAMPLING = Sampling("weight", strata=("stratum",), psu=("psu",))
CROSSED = ("sex", "age")
BY = "district"


def totals(n_districts: int = 20) -> dict[str, dict[str, float]]:
    """Population totals by margin; the crossed one is ``sex_age`` with levels ``F|15-24``."""
    first, second = (SHARES[name] for name in CROSSED)
    crossed = {f"{a}|{b}": first[a] * second[b] * POPULATION for a in first for b in second}
    plain = {name: _scaled(shares) for name, shares in SHARES.items() if name not in CROSSED}
    plain[BY] = _scaled(dict(list(SHARES[BY].items())[:n_districts]))
    return {"sex_age": crossed, **plain}


def _scaled(shares: dict[str, float]) -> dict[str, float]:
    whole = sum(shares.values())
    return {level: share / whole * POPULATION for level, share in shares.items()}


def recipe(n_districts: int = 20) -> Recipe:
    """Rake to sex x age, district, education, mode and household size."""
    crossed, *plain = totals(n_districts).items()
    first = Margin(CROSSED, {tuple(level.split("|")): total for level, total in crossed[1].items()})
    rest = [Margin(name, dict(targets.items())) for name, targets in plain]
    return Recipe((Rake((first, *rest)),))
