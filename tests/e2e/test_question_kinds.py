"""Every kind of question in a real browser: phone, desktop, keyboard, without script, right to left."""

import io
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.e2e.people import Resident

pytestmark = pytest.mark.browser
SLUG = "every-kind"
SECTIONS = ["choices", "grids", "scales", "numbers", "territory", "household"]
SCREENS = {"phone": (390, 844), "narrow": (320, 640), "desktop": (1100, 900)}
KATOWICE = {"latitude": 50.2649, "longitude": 19.0238}


def arrives(page: Page, server: str, section: str, language: str = "en", axe: Axe | None = None) -> Resident:
    """Somebody who has begun and goes straight to one page."""
    resident = Resident(page, server, axe)
    resident.begins(SLUG, language)
    if section != SECTIONS[0]:  # nobody gets past a consent that they have not given
        page.locator("[name=agreement]").check()
        page.locator("button[value=next]").click()
    resident.open(f"/s/{SLUG}/p/{section}")
    return resident


@pytest.mark.parametrize("section", SECTIONS)
@pytest.mark.parametrize("screen", SCREENS)
def test_every_state_is_accessible(phone: Page, server: str, axe: Axe, section: str, screen: str) -> None:
    width, height = SCREENS[screen]
    phone.set_viewport_size({"width": width, "height": height})
    resident = arrives(phone, server, section, {"phone": "pl", "narrow": "uk", "desktop": "en"}[screen], axe)
    resident.goes_on()  # looks at the errors, where answers are required
    if f"/p/{section}" in resident.where:
        expect(phone.get_by_role("alert")).to_be_visible()
    else:
        resident.open(f"/s/{SLUG}/p/{section}")
    resident.answers_everything_on_the_page()
    resident.look()
    phone.evaluate("document.documentElement.style.fontSize = '200%'")
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert phone.evaluate(overflow) <= 0


@pytest.mark.parametrize("section", SECTIONS)
def test_targets_are_large_enough(phone: Page, server: str, section: str) -> None:
    phone.set_viewport_size({"width": 320, "height": 640})
    arrives(phone, server, section)
    small = phone.evaluate(
        """() => [...document.querySelectorAll("main :is(input, select, button, textarea)")]
            .filter(control => control.type !== "hidden")
            .filter(control => control.checkVisibility())
            .map(control => [control.name, (control.closest("label") || control).getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 44)
            .map(([name, box]) => [name, box.width, box.height])"""
    )
    assert not small


def test_single_choice_with_words_and_remark(phone: Page, server: str, axe: Axe) -> None:
    resident = arrives(phone, server, "choices", axe=axe)
    words = phone.get_by_label("Please say what: Another way")
    expect(words).to_be_hidden()
    phone.get_by_label("Another way", exact=True).check()
    words.fill("By tram")
    phone.get_by_label("Why this way?").fill("<b>It is quick</b>")
    phone.get_by_label("I agree to this").check()
    resident.goes_on()
    resident.goes_back()
    expect(phone.get_by_label("Please say what: Another way")).to_have_value("By tram")
    expect(phone.get_by_label("Why this way?")).to_have_value("<b>It is quick</b>")


def test_a_question_appears_as_soon_as_it_is_called_for(phone: Page, server: str, axe: Axe) -> None:
    resident = arrives(phone, server, "choices", axe=axe)
    line = phone.get_by_label("On which line?")
    expect(line).to_be_hidden()
    phone.get_by_label("By bus").check()
    expect(line).to_be_visible()
    resident.look()
    line.select_option("X")
    phone.get_by_label("Please say what: Another line").fill("Line 99")
    phone.get_by_label("By bicycle").check()
    expect(line).to_be_hidden()
    phone.get_by_label("By bus").check()
    line.select_option("")
    phone.get_by_label("I agree to this").check()
    resident.goes_on()
    assert resident.where.endswith("/p/grids"), "a question that was shown and skipped is not shown again"


def test_a_proposal_is_made_once_and_may_be_changed(phone: Page, server: str) -> None:
    resident = arrives(phone, server, "choices")
    expect(phone.get_by_label("Summer")).to_be_checked()
    phone.get_by_label("Winter").check()
    phone.get_by_label("I agree to this").check()
    phone.get_by_label("On foot").check()
    resident.goes_on()
    resident.goes_back()
    expect(phone.get_by_label("Winter")).to_be_checked()


def test_an_exclusive_answer_unticks_the_others(phone: Page, server: str) -> None:
    arrives(phone, server, "choices")
    for name in ("To the park", "To the library", "To the market", "To the pool"):
        phone.get_by_label(name).check()
    expect(phone.get_by_text("Chosen: 4 of at most 3.")).to_be_visible()
    expect(phone.get_by_label("What for the library?")).to_be_visible()
    phone.get_by_label("Nowhere").check()
    expect(phone.get_by_label("To the park")).not_to_be_checked()
    phone.get_by_label("To the park").check()
    expect(phone.get_by_label("Nowhere")).not_to_be_checked()


def test_every_cell_of_a_table_has_a_name(desktop: Page, server: str) -> None:
    arrives(desktop, server, "grids")
    satisfaction = desktop.get_by_role("table", name="How satisfied are you with these services?")
    satisfaction.get_by_role("radio", name="Waste collection Rather good", exact=True).check()
    expect(satisfaction.get_by_role("columnheader", name="Very poor")).to_be_visible()
    expect(satisfaction.get_by_role("rowheader", name="Parks and greenery")).to_be_visible()
    expect(desktop.get_by_role("radio", name="Calm Busy 1", exact=True)).to_be_visible()
    desktop.get_by_role("radio", name="Schools Importance high", exact=True).check()
    desktop.get_by_role("textbox", name="Bicycles How many?").fill("2")
    desktop.get_by_role("checkbox", name="Cars In use").check()
    unnamed = desktop.evaluate(
        "[...document.querySelectorAll('td input')].filter(i => !i.getAttribute('aria-labelledby')).length"
    )
    assert unnamed == 0


def test_a_row_is_a_card_on_a_phone(phone: Page, server: str) -> None:
    arrives(phone, server, "grids")
    row = phone.get_by_role("row", name="Waste collection")
    choices = [row.get_by_text(words, exact=True) for words in ("Very poor", "Rather poor")]
    first, second = (each.bounding_box() for each in choices)
    assert first
    assert second
    assert second["y"] > first["y"] + 40
    expect(phone.get_by_role("columnheader", name="Very poor")).to_have_count(1)


def test_best_and_worst_differ(phone: Page, server: str) -> None:
    arrives(phone, server, "grids")
    phone.get_by_role("radio", name="Quiet Best").check()
    phone.get_by_role("radio", name="Quiet Worst").check()
    expect(phone.get_by_role("radio", name="Quiet Best")).not_to_be_checked()


def test_a_scale_keeps_not_knowing_apart_from_refusing(phone: Page, server: str) -> None:
    resident = arrives(phone, server, "scales")
    recommend = phone.get_by_role("group", name="Would you recommend the city to friends?")
    recommend.get_by_role("radio", name="10, certainly").check(force=True)
    recommend.get_by_role("radio", name="I would rather not say").check()
    expect(recommend.get_by_role("radio", name="10, certainly")).not_to_be_checked()
    resident.goes_on()
    expect(recommend.get_by_role("radio", name="I would rather not say")).to_be_checked()


def test_ranking_by_keyboard_alone(phone: Page, server: str, axe: Axe) -> None:
    resident = arrives(phone, server, "scales", axe=axe)
    for name in ("Housing", "Trams", "Trees"):
        phone.get_by_role("button", name=f"Move up: {name}").press("Enter")
    phone.get_by_role("button", name="Move up: Trees").press("Enter")
    expect(phone.get_by_label("Trees", exact=True)).to_have_value("2")
    expect(phone.get_by_text("Trees: place 2")).to_have_count(1)
    expect(phone.get_by_role("button", name="Move up: Trees")).to_be_focused()
    phone.get_by_label("Street lights", exact=True).select_option("1")
    expect(phone.get_by_label("Trams", exact=True)).to_have_value("4")
    resident.look()
    phone.get_by_role("radio", name="I don't know").check()
    resident.goes_on()
    assert resident.where.endswith("/p/numbers")
    resident.goes_back()
    expect(phone.get_by_label("Housing", exact=True)).to_have_value("2")


def test_a_budget_tells_its_sum(phone: Page, server: str) -> None:
    resident = arrives(phone, server, "numbers")
    phone.get_by_label("Greenery").fill("60")
    phone.get_by_label("Roads").fill("30,5")
    expect(phone.get_by_text("Sum: 90.5. Left: 9.5.")).to_be_visible()
    phone.get_by_label("Culture").fill("10")
    expect(phone.get_by_text("Sum: 100.5. Too much by 0.5.")).to_be_visible()
    resident.goes_on()
    expect(phone.get_by_role("alert")).to_contain_text("Together these must be 100; now they are 100.5.")
    expect(phone.get_by_label("Roads")).to_have_value("30,5")


def test_a_number_or_not_knowing_it(phone: Page, server: str) -> None:
    arrives(phone, server, "numbers")
    rent = phone.locator("#rent")
    rent.fill("1 500")
    phone.get_by_role("checkbox", name="I don't know").check()
    expect(rent).to_have_value("")
    rent.fill("700")
    expect(phone.get_by_role("checkbox", name="I don't know")).not_to_be_checked()


def test_a_slider_is_the_same_field(phone: Page, server: str) -> None:
    arrives(phone, server, "numbers")
    phone.get_by_role("slider", name="How far is your work?").press("ArrowRight")
    expect(phone.locator("#distance")).to_have_value("30")


def test_words_days_and_addresses(phone: Page, server: str, axe: Axe) -> None:
    resident = arrives(phone, server, "numbers", axe=axe)
    phone.get_by_label("What should change in the city?").fill("More trees")
    expect(phone.get_by_text("Characters left: 190.")).to_be_visible()
    phone.get_by_label("Since when have you lived here?").fill("1999-05-01")
    phone.get_by_label("When do you leave home?").fill("07:45")
    phone.get_by_label("E-mail address").fill("nobody")
    phone.get_by_label("First").fill("calm")
    resident.goes_on()
    expect(phone.get_by_role("alert")).to_contain_text("name@example.org")
    phone.get_by_role("alert").get_by_role("link").first.click()
    expect(phone.get_by_label("E-mail address")).to_be_focused()
    phone.get_by_label("E-mail address").fill("ala@example.org")
    phone.get_by_label("What should we call you?").fill("Ala & Ola")
    resident.goes_on()
    expect(phone.get_by_text("Hello, Ala & Ola!")).to_be_visible()


def test_one_list_follows_another(phone: Page, server: str) -> None:
    resident = arrives(phone, server, "territory")
    expect(phone.get_by_label("City")).to_be_hidden()
    phone.get_by_label("Voivodeship").select_option("24")
    assert phone.locator("#city option").all_inner_texts() == ["Please choose", "Katowice", "Gliwice"]
    phone.get_by_label("City").select_option("2466")
    phone.get_by_label("Voivodeship").select_option("12")
    expect(phone.get_by_label("City")).to_have_value("")
    phone.get_by_label("City").select_option("1261")
    resident.goes_on()
    assert resident.where.endswith("/p/household")


def test_a_photo_is_taken_without_its_place(phone: Page, server: str, axe: Axe, tmp_path: Path) -> None:
    resident = arrives(phone, server, "territory", axe=axe)
    photo, trap = tmp_path / "my street.jpg", tmp_path / "page.jpg"
    position = Image.Exif()
    position[0x8825] = {1: "N", 2: (50.0, 15.0, 0.0)}
    Image.new("RGB", (60, 40), "green").save(photo, exif=position)
    trap.write_text("<script>alert(1)</script>")
    phone.get_by_label("A photo of the place").set_input_files(trap)
    resident.goes_on()
    expect(phone.get_by_role("alert")).to_contain_text("We cannot take a file of this kind here.")
    phone.get_by_label("A photo of the place").set_input_files(photo)
    resident.goes_on()
    expect(phone.get_by_text("Received: photo.jpeg")).to_be_visible()
    phone.get_by_label("Take this file away").check()
    resident.goes_on()
    expect(phone.get_by_text("Received: photo.jpeg")).to_have_count(0)


def test_a_place_by_position_or_in_words(browser: Browser, server: str, axe: Axe) -> None:
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, geolocation=KATOWICE, permissions=["geolocation"]
    )
    page = context.new_page()
    resident = arrives(page, server, "territory", axe=axe)
    spot = page.get_by_role("group", name="Where is it dangerous?")
    spot.get_by_role("button", name="Use my position").click()
    expect(page.locator("input[name=spot]")).to_have_value("POINT(19.0238 50.2649)")
    expect(spot.get_by_text("The place is marked. Points: 1.")).to_be_visible()
    spot.get_by_role("button", name="Remove the place").click()
    expect(page.locator("input[name=spot]")).to_have_value("")
    spot.get_by_label("The place in words").fill("The crossing at the school")
    route = page.get_by_role("group", name="Which way do you walk?")
    route.get_by_role("button", name="Use my position").click()
    expect(route.get_by_text("Please mark more points: 1.")).to_be_visible()
    resident.look()
    page.get_by_label("Voivodeship").select_option("24")
    page.get_by_label("City").select_option("2466")
    resident.goes_on()
    assert resident.where.endswith("/p/household")
    context.close()


def test_a_line_and_an_area_on_the_map(phone: Page, server: str, axe: Axe) -> None:
    resident = arrives(phone, server, "territory", axe=axe)
    route = phone.get_by_role("group", name="Which way do you walk?")
    for x, y in ((40, 40), (120, 60)):
        route.locator("svg").click(position={"x": x, "y": y})
    written = phone.locator("input[name=route]").input_value()
    assert written.startswith("LINESTRING(19.0")
    expect(route.get_by_text("The place is marked. Points: 2.")).to_be_visible()
    area = phone.get_by_role("group", name="What is your neighbourhood?")
    for x, y in ((40, 40), (120, 60), (60, 120)):
        area.locator("svg").click(position={"x": x, "y": y})
    area.get_by_role("button", name="Take back the last point").click()
    expect(area.get_by_text("Please mark more points: 1.")).to_be_visible()
    area.locator("svg").click(position={"x": 70, "y": 130})
    resident.look()
    phone.get_by_label("Voivodeship").select_option("24")
    phone.get_by_label("City").select_option("2466")
    resident.goes_on()
    resident.goes_back()
    expect(phone.locator("input[name=route]")).to_have_value(written)
    assert phone.locator("input[name=area]").input_value().startswith("POLYGON((")


def test_a_household_is_asked_person_by_person(phone: Page, server: str, axe: Axe) -> None:
    resident = arrives(phone, server, "household", axe=axe)
    phone.get_by_label("How many people live with you?").fill("2")
    resident.goes_on()
    expect(phone.get_by_role("heading", name="Person 2")).to_be_visible()
    expect(phone.get_by_role("heading", name="Person 3")).to_have_count(0)
    phone.get_by_label("First name").first.fill("Ala")
    ages = phone.locator("input[id^='age.']")
    ages.first.fill("15")
    expect(phone.get_by_role("group", name="In work?").first).to_be_hidden()
    ages.first.fill("16")
    expect(phone.get_by_role("group", name="In work?").first).to_be_visible()
    resident.look()


def test_what_is_typed_survives_a_change_of_language(phone: Page, server: str) -> None:
    arrives(phone, server, "numbers")
    phone.get_by_label("What should change in the city?").fill("More trees")
    phone.get_by_role("button", name="Polski").click()
    expect(phone.get_by_label("Co zmienić w mieście?")).to_have_value("More trees")
    assert phone.evaluate("Object.keys(localStorage).length") == 0
    Resident(phone, server).goes_on()
    assert phone.evaluate("Object.keys(sessionStorage).length") == 0, "sent pages leave nothing behind"


def test_a_page_is_sent_once(phone: Page, server: str) -> None:
    arrives(phone, server, "numbers")
    sent = []
    phone.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    with phone.expect_navigation():
        phone.evaluate("() => { const b = document.querySelector('[value=next]'); b.click(); b.click(); }")
    assert len(sent) == 1


def test_everything_can_be_answered_without_script(phone_without_script: Page, server: str) -> None:
    page = phone_without_script
    resident = Resident(page, server)
    resident.begins(SLUG, "en")
    page.get_by_label("I agree to this").check()
    page.get_by_label("By bus").check()
    resident.goes_on()
    expect(page.get_by_label("On which line?")).to_be_visible()
    page.get_by_label("On which line?").select_option("N1")
    resident.goes_on()
    for name in ("parks", "buses", "waste"):
        page.locator(f"input[name=satisfaction_{name}]").nth(2).check()
    resident.goes_on()
    page.locator("input[name=recommend]").nth(7).check(force=True)
    for place, code in enumerate(("trees", "homes", "lamps", "trams"), start=1):
        page.locator(f"#priorities_{code}").select_option(str(place))
    resident.goes_on()
    for name, share in (("green", "50"), ("roads", "25"), ("culture", "25")):
        page.locator(f"#budget_{name}").fill(share)
    resident.goes_on()
    page.get_by_label("Voivodeship").select_option("12")
    page.locator("input[type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": _picture()}
    )
    page.get_by_label("The place in words").first.fill("The bridge")
    resident.goes_on()
    page.get_by_label("City").select_option("1261")
    expect(page.get_by_text("Received: photo.png")).to_be_visible()
    resident.goes_on()
    page.get_by_label("How many people live with you?").fill("1")
    resident.goes_on()
    page.get_by_label("First name").fill("Ala")
    page.locator("[id='age.1']").fill("30")
    resident.goes_on()
    if resident.is_on_a_page:
        expect(page.get_by_text("How old is Ala?")).to_be_visible()
        page.get_by_role("radio", name="Yes").check()
        resident.goes_on()
    assert resident.where.endswith("/thanks")


@pytest.mark.parametrize("width", [320, 390, 1100])
def test_a_page_runs_from_right_to_left(phone: Page, server: str, axe: Axe, width: int) -> None:
    phone.set_viewport_size({"width": width, "height": 800})
    resident = Resident(phone, server, axe)
    resident.begins("rtl", "ar")
    assert phone.get_attribute("html", "dir") == "rtl"
    assert phone.get_attribute("html", "lang") == "ar"
    resident.goes_on()
    expect(phone.get_by_role("alert")).to_be_visible()
    low, high = (phone.locator(f"input[name=mood][value='{point}']").bounding_box() for point in (0, 10))
    assert low
    assert high
    assert low["x"] > high["x"], "the scale begins on the right"
    resident.answers_everything_on_the_page()
    resident.look()
    resident.goes_on()
    assert resident.where.endswith("/thanks")


@pytest.mark.parametrize("section", ["choices", "grids"])
def test_a_page_is_light(phone: Page, server: str, section: str) -> None:
    """A first view, everything on it: at most 30 KB over the wire in four requests."""
    arrives(phone, server, section)
    session = phone.context.new_cdp_session(phone)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    asked, wire = [], {}
    session.on("Network.requestWillBeSent", lambda each: asked.append(each))
    session.on(
        "Network.loadingFinished", lambda each: wire.update({each["requestId"]: each["encodedDataLength"]})
    )
    phone.goto(f"{server}/s/{SLUG}/p/{section}", wait_until="networkidle")
    (page,) = [each["loaderId"] for each in asked if each["type"] == "Document"]
    own = [each["requestId"] for each in asked if each["loaderId"] == page]
    assert len(own) <= 4
    assert 0 < sum(wire[each] for each in own) <= 30_000


def _picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (8, 8), "blue").save(written, "PNG")
    return written.getvalue()
