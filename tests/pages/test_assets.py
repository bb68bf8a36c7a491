"""What the components send with every update, and what the browser fetches once."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from pages.parts.components import assets
from tests.support.pages import at


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """A folder of modules and a static folder of a test's own, and the address anew each time."""
    parts, static = tmp_path / "parts", tmp_path / "static"
    parts.mkdir()
    monkeypatch.setattr(assets, "PARTS", parts)
    monkeypatch.setattr(assets, "STATIC", static)
    monkeypatch.setattr(assets, "modules_address", assets.modules_address.__wrapped__)
    return parts, static


@pytest.mark.parametrize("page", ["paraboloid", "backprop", "parity", "digits"])
def test_a_components_message_holds_its_data_and_a_loader_of_a_few_lines(page):
    sent = [element.proto for element in at(page).get("bidi_component")]
    assert sent
    for message in sent:
        assert len(message.js_content) < 300
        assert len(message.css_content) == 0


def test_what_has_changed_gets_the_next_place_in_its_order_and_what_has_not_keeps_its():
    def sent(app):
        messages = [json.loads(element.proto.json) for element in app.get("bidi_component")]
        return {message["name"]: message for message in messages if "name" in message}

    app = at("parity")
    before = sent(app)
    assert sent(app.run()) == before
    app.slider(key="number").set_value(6).run()
    after = sent(app)
    assert after["network"]["figure"] != before["network"]["figure"]
    assert after["network"]["place"] == before["network"]["place"] + 1
    assert after["weights 1"] == before["weights 1"]
    assert after["network"]["session"] == before["weights 1"]["session"]
    assert sent(at("parity"))["network"]["session"] != before["network"]["session"]


def test_a_changed_module_comes_from_another_address_and_the_old_one_stays(folders):
    parts, static = folders
    (parts / "one.js").write_text('import "./two.js"', encoding="utf8")
    (parts / "two.js").write_text("1", encoding="utf8")
    (parts / "one.css").write_text("p { margin: 0 }", encoding="utf8")
    (parts / "one.py").write_text("")
    first = assets.modules_address()
    assert first == assets.modules_address()
    (parts / "two.js").write_text("2", encoding="utf8")
    second = assets.modules_address()
    assert first != second
    for address, two in ((first, "1"), (second, "2")):
        folder = static / address.removeprefix("app/static/")
        assert sorted(path.name for path in folder.iterdir()) == ["one.css.js", "one.js", "two.js"]
        assert (folder / "one.css.js").read_text("utf8") == 'export default "p { margin: 0 }";\n'
        assert (folder / "two.js").read_text(encoding="utf8") == two


def test_a_file_that_several_servers_put_there_at_once_is_whole_whenever_it_is_there(folders):
    _, static = folders
    content = bytes(range(256)) * 4096

    def put(_):
        address = assets.publish("folder/file.js", content)
        return (static / address.removeprefix("app/static/")).read_bytes()

    with ThreadPoolExecutor(8) as servers:
        assert all(read == content for read in servers.map(put, range(32)))
    assert [path.name for path in static.rglob("*") if path.is_file()] == ["file.js"]
