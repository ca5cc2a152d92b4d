"""The interactive API reference works under the content security policy of the site."""

from collections.abc import Callable

from playwright.sync_api import expect
from visitor import Visitor

COUNT_VIOLATIONS = """
window.violations = []
document.addEventListener('securitypolicyviolation', (each) =>
    violations.push(`${each.violatedDirective} ${each.blockedURI} ${each.sourceFile}:${each.lineNumber}`))
"""


def test_the_reference_opens_from_the_footer_and_sends_requests(visitors: Callable[..., Visitor]) -> None:
    visitor = visitors()
    visitor.page.add_init_script(COUNT_VIOLATIONS)
    page = visitor.visit()
    page.get_by_role("link", name="API", exact=True).click()
    expect(page).to_have_url(visitor.url + "/api/docs")
    operation = page.locator("#operations-views-list_events")
    operation.click()
    with page.expect_response("**/api/events**") as answered:
        operation.get_by_role("button", name="Execute").click()
    assert answered.value.status == 200
    expect(operation.locator(".live-responses-table")).to_contain_text('"items"')
    assert page.evaluate("violations") == []


def test_the_reference_shows_every_operation(visitors: Callable[..., Visitor]) -> None:
    visitor = visitors(color_scheme="dark")
    page = visitor.visit("/api/docs")
    document = page.request.get(visitor.url + "/api/openapi.json").json()
    operations = [each["operationId"] for path in document["paths"].values() for each in path.values()]
    expect(page.locator(".opblock")).to_have_count(len(operations))
    page.get_by_role("link", name="Turnout, all events").click()
    expect(page.get_by_role("link", name="Create event").first).to_be_visible()
