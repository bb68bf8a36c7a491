"""The components' modules on their way to a real Chromium: late, not at all, and once."""

from playwright.sync_api import Page, Route, expect

from tests.support.browser import stands_still
from tests.support.waiting import until


def open_parabola_without_its_module(page: Page) -> Route:
    """Open the page and hold the request for the figures' module, which the test lets go on."""
    routes = []
    page.route("**/plot.js", lambda route: routes.append(route))
    open_parabola(page)
    until(lambda: page.wait_for_timeout(50) or routes)
    return routes[0]


def open_parabola(page: Page) -> None:
    """Follow the link in the sidebar, and wait until the page has run."""
    page.get_by_role("link", name="Parabola", exact=True).click()
    page.wait_for_url("**/parabola*")
    rests(page)


def rests(page: Page) -> None:
    """Wait until the script of the page has run to its end."""
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


def parabola(page: Page):
    """The figure, when it is drawn."""
    return page.locator('[data-figure="parabola"][data-draws]')


SWING, FLY_OFF, LAND = ("Swing", "0.9"), ("Fly off", "1.1"), ("Land", "0.5")


def change_unseen(page: Page, *changes: tuple[str, str]) -> None:
    """Press these buttons, by name and rate, while the figure is not there yet."""
    for name, rate in changes:
        page.get_by_role("button", name=name).click()
        page.wait_for_url(f"**eta={rate}*")
        rests(page)
    expect(page.locator("[data-figure]")).to_have_count(0)


def shows_the_landing(page: Page) -> None:
    """Check that the figure shows what was asked for last."""
    parabola(page).wait_for()
    stands_still(page)
    expect(page.locator(".mlp-player-text")).to_contain_text("4 − 0.5 · 8 = 0")


def test_what_changes_while_the_module_loads_is_drawn_when_it_is_there(page_at):
    page = page_at()
    route = open_parabola_without_its_module(page)
    change_unseen(page, SWING, LAND)
    route.continue_()
    shows_the_landing(page)


# Have the loaders of components, which Streamlit makes in the browser, come by a request.
BY_A_REQUEST = """() => {
    const address = URL.createObjectURL;
    URL.createObjectURL = (content) => content.type.includes("javascript")
        ? `/loader.js?${address(content)}` : address(content);
}"""


def test_of_several_changes_while_the_loader_loads_the_newest_stays(page_at):
    """Chromium lets those who wait for a module go on in any order: an older one may come last."""
    page, routes = page_at(), []
    page.evaluate(BY_A_REQUEST)
    page.route("**/loader.js?**", lambda route: routes.append(route))
    open_parabola(page)
    until(lambda: page.wait_for_timeout(50) or routes)
    # Of ten that wait, the newest hardly ever comes last by chance.
    change_unseen(page, *4 * (SWING, FLY_OFF), LAND)
    blob = routes[0].request.url.split("?")[1]
    body = f'export default async (component) => (await import("{blob}")).default(component);'
    routes[0].fulfill(content_type="text/javascript", body=body)
    shows_the_landing(page)


def test_a_page_may_be_left_while_the_module_loads(page_at):
    page = page_at()
    route = open_parabola_without_its_module(page)
    page.get_by_role("link", name="Start", exact=True).click()
    expect(page.get_by_role("heading", name="Step against the gradient")).to_be_visible()
    with page.expect_response("**/plot.css.js"):
        route.continue_()
    open_parabola(page)
    parabola(page).wait_for()


def test_the_code_is_asked_for_once_whatever_the_pages_and_their_changes(page_at):
    page = page_at("parabola")
    parabola(page).wait_for()
    draws = int(parabola(page).get_attribute("data-draws"))
    page.get_by_role("button", name="Land").click()
    expect(parabola(page)).not_to_have_attribute("data-draws", str(draws))
    page.get_by_role("link", name="Paraboloid", exact=True).click()
    page.locator('[data-figure="surface 3d"][data-draws]').wait_for()
    asked = page.evaluate("performance.getEntriesByType('resource').map(entry => entry.name)")
    ours = [address.split("/")[-1] for address in asked if "/app/static/modules-" in address]
    assert sorted(ours) == ["order.js", "player.js", "plot.css.js", "plot.js", "styles.js"]


def test_a_module_that_does_not_come_is_told_of_and_comes_with_a_reload(chromium, app_url):
    # Not page_at's: the console names the request that failed.
    page = chromium.new_page()
    page.route("**/plot.js", lambda route: route.abort())
    page.goto(f"{app_url}/parabola")
    expect(page.get_by_text("did not load. Reload the page").first).to_be_visible()
    page.unroute_all()
    page.reload()
    parabola(page).wait_for()
    page.close()
