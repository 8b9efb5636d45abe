"""Every explorer moves by keyboard, and its picture and its sentence follow."""

import re

import pytest
from playwright.sync_api import expect

from lecturelib.display import explorers
from tools.lab_page import PANEL

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def gallery(new_view):
    view = new_view("explorers.ipynb")
    view.run_all()
    return view


@pytest.mark.parametrize("name", explorers.__all__)
def test_an_arrow_key_changes_picture_and_sentence(gallery, name, explorer_in):
    explorer = explorer_in(gallery.cell(f"explorers.{name}("))
    assert explorer.focus()
    before, after = explorer.press("ArrowRight")
    assert after[0] != before[0], "the picture stayed"
    assert after[1] != before[1], "the sentence stayed"


@pytest.mark.parametrize("name", explorers.__all__)
def test_the_notebook_does_not_take_the_keys(gallery, name, explorer_in):
    """In JupyterLab's command mode the arrows move to another cell, and x cuts the cell."""
    explorer = explorer_in(gallery.cell(f"explorers.{name}("))
    cells = gallery.page.locator(f"{PANEL} .jp-Cell")
    explorer.focus()
    which = "nodes => nodes.findIndex(node => node.classList.contains('jp-mod-active'))"
    before = cells.count(), cells.evaluate_all(which)
    for key in ("ArrowDown", "ArrowUp", "x", "b"):
        gallery.page.keyboard.press(key)
    gallery.page.wait_for_timeout(300)
    assert (cells.count(), cells.evaluate_all(which)) == before


@pytest.fixture
def parts(gallery, explorer_in):
    """Find the parts of an explorer by their test ids: ``parts("Window2D")("image-0-0")``."""
    return lambda name: explorer_in(gallery.cell(f"explorers.{name}(")).root.get_by_test_id


def middle(part):
    box = part.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page, start, stop):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*stop, steps=8)
    page.mouse.up()


def test_the_window_is_dragged_by_mouse(gallery, parts):
    part = parts("Window2D")
    part("reset").click()
    part("image-0-0").scroll_into_view_if_needed()
    part("output-0-0").click()
    assert part("arithmetic").text_content().startswith("output[0, 0]")
    drag(gallery.page, middle(part("image-1-1")), middle(part("image-4-5")))
    gallery.page.wait_for_function("""() => [...document.querySelectorAll('[data-testid=arithmetic]')]
        .some(node => node.textContent.startsWith('output[3, 4]'))""")


def test_a_weight_is_typed_and_the_sum_follows(gallery, parts):
    """With all weights zero but one, the output is that weight times one pixel."""
    part = parts("Window2D")
    part("reset").click()
    part("kernel-preset").select_option("identity")
    part("image-preset").select_option("dot")
    part("output-2-2").focus()
    before = part("arithmetic").text_content()
    part("kernel-1-1").focus()
    gallery.page.keyboard.press("7")
    gallery.page.keyboard.press("Enter")
    assert part("kernel-1-1").get_attribute("aria-label").endswith("= 7")
    assert part("arithmetic").text_content() != before


def test_a_stem_is_dragged_and_its_copy_grows(gallery, parts):
    part = parts("DragSignals")
    part("reset").click()
    part("x-3").scroll_into_view_if_needed()
    before = part("y-3").get_attribute("aria-label")
    x, y = middle(part("x-3"))
    drag(gallery.page, (x, y), (x, y - 40))
    assert part("x-3").get_attribute("aria-valuetext") != "x[3] = 0"
    assert part("y-3").get_attribute("aria-label") != before


def test_the_image_of_the_square_is_dragged_by_whole_pixels_and_home_puts_it_back(gallery, parts):
    part = parts("ShiftSquare")
    part("reset").click()
    part("shift").scroll_into_view_if_needed()
    assert "v = (2, 1)" in part("arithmetic").text_content()
    box = part("shift").bounding_box()
    pixel = box["width"] / 14
    x, y = middle(part("shift"))
    drag(gallery.page, (x, y), (x - 5.2 * pixel, y - 0.8 * pixel))
    assert "v = (1, −4)" in part("arithmetic").text_content()
    assert part("arithmetic").text_content().endswith("The square closes: all 168 outputs agree.")
    drag(gallery.page, (x, y), (x + 40 * pixel, y))
    assert "v = (1, 11)" in part("arithmetic").text_content()
    gallery.page.keyboard.press("Home")
    assert "v = (0, 0)" in part("arithmetic").text_content()
    for _ in range(12):
        gallery.page.keyboard.press("ArrowUp")
    assert "v = (−11, 0)" in part("arithmetic").text_content()
    part("reset").click()


def test_the_picture_is_bent_by_hand_and_home_lets_go(gallery, parts):
    part = parts("WarpImage")
    part("reset").click()
    part("warp").scroll_into_view_if_needed()
    pixel = part("warp").bounding_box()["width"] / 28
    x, y = middle(part("warp"))
    drag(gallery.page, (x, y), (x - 2.4 * pixel, y + 1.1 * pixel))
    assert part("arithmetic").text_content().startswith("Pulled by (1, −2.5), felt 6 pixels around")
    part("reach-0").click()
    assert "shifted by (1, −2)" in part("arithmetic").text_content()
    assert part("arithmetic").text_content().endswith("average of all 0.")
    part("warp").focus()
    gallery.page.keyboard.press("Home")
    assert "shifted by (0, 0)" in part("arithmetic").text_content()
    part("reset").click()


def test_a_slider_with_stops_says_the_number_at_the_stop(gallery, explorer_in):
    root = explorer_in(gallery.cell("explorers.LearnShifts(")).root
    slider = root.get_by_role("slider").first
    slider.fill("14")
    root.locator("[aria-live]", has_text="After 400 steps").wait_for()
    assert slider.get_attribute("aria-valuetext") == "400 steps"


def test_a_slider_follows_when_its_stops_change(gallery, explorer_in):
    """Windows of 10 do not fit side by side into 24 values: the slider moves to 8, and has fewer stops."""
    root = explorer_in(gallery.cell("explorers.ShiftAndPool(")).root
    slider, pooling = root.get_by_role("slider").nth(1), root.get_by_role("combobox").nth(1)
    slider.fill("8")
    root.locator("[aria-live]", has_text="windows of 10, one at each place").wait_for()
    pooling.select_option("max, side by side")
    root.locator("[aria-live]", has_text="windows of 8, side by side").wait_for()
    assert (slider.get_attribute("aria-valuetext"), slider.get_attribute("max")) == ("8", "7")
    slider.fill("6")
    root.locator("[aria-live]", has_text="windows of 12, side by side").wait_for()


def test_play_runs_to_the_last_output(gallery, explorer_in):
    root = explorer_in(gallery.cell("explorers.SlidingKernel(")).root
    root.get_by_role("button", name="Play").click()
    slider = root.get_by_role("slider").first
    slider.evaluate("""async node => {
        while (Number(node.value) < Number(node.max)) await new Promise(resume => setTimeout(resume, 50));
    }""")
    assert "800" in root.locator("[aria-live]").first.text_content() or slider.input_value() == "6"


def test_the_slider_says_the_index_that_the_sentence_says(gallery, explorer_in):
    """A correlation's first output is n = -2 here, while the slider itself begins at 0."""
    root = explorer_in(gallery.cell("explorers.SlidingKernel(")).root
    root.get_by_role("checkbox").uncheck()
    slider = root.get_by_role("slider").first
    slider.fill("0")
    root.locator("[aria-live]", has_text="n = −2:").wait_for()
    assert slider.get_attribute("aria-valuetext") == "−2"


def test_a_unit_of_the_cone_is_dragged_from_layer_to_layer(gallery, parts):
    """ReceptiveCone: the hand chooses the nearest unit, another network its middle, Reset undoes all."""
    part = parts("ReceptiveCone")
    part("reset").click()
    part("unit").scroll_into_view_if_needed()
    assert part("arithmetic").text_content().startswith("Unit 16 of layer 3 sees 7 of 33 inputs")
    box = part("unit").bounding_box()
    x, y = box["x"] + 64, box["y"] + 24  # the first unit of the last layer
    drag(gallery.page, (x + 200, y + 200), (x, y))
    assert part("arithmetic").text_content().startswith("Unit 0 of layer 5 sees 6 of 33 inputs.")
    gallery.page.keyboard.press("End")
    gallery.page.keyboard.press("ArrowDown")
    gallery.page.keyboard.press("ArrowLeft")
    assert part("arithmetic").text_content().startswith("Unit 31 of layer 4 sees 6 of 33 inputs")
    part("kind-plain").click()
    assert part("arithmetic").text_content().startswith("Unit 31 of layer 4 ")
    part("kind-stride 2").click()
    assert part("arithmetic").text_content().startswith("Unit 1 of layer 4 ")
    part("kind-dense").click()
    assert part("kernel-5").is_disabled()
    words = "Unit 16 of layer 4 sees 33 of 33 inputs and reaches 33 of 33"
    assert part("arithmetic").text_content().startswith(words)
    part("reset").click()
    assert part("arithmetic").text_content().startswith("Unit 16 of layer 3 sees 7 of 33 inputs")


def test_the_window_and_the_end_of_the_row_are_dragged(gallery, parts):
    """SizeWalker: the window snaps to its places, the row grows by whole inputs, and keys do the same."""
    part = parts("SizeWalker")
    part("reset").click()
    part("window").scroll_into_view_if_needed()
    assert part("arithmetic").text_content().startswith("Output 0 reads places −1, 0, 1: 2 inputs, 1 zero.")
    cell = (part("window").bounding_box()["width"] - 8) / 3
    x, y = middle(part("window"))
    drag(gallery.page, (x, y), (x + 1.4 * cell, y))
    assert part("arithmetic").text_content().startswith("Output 1 reads places 1, 2, 3: 3 inputs")
    x, y = middle(part("size"))
    drag(gallery.page, (x, y), (x + 1.2 * cell, y))
    assert part("size").get_attribute("aria-valuenow") == "7"
    assert part("arithmetic").text_content().endswith("Every cell is read.")
    gallery.page.keyboard.press("End")
    assert part("size").get_attribute("aria-valuetext") == "24 inputs, 12 outputs"
    part("window").focus()
    gallery.page.keyboard.press("End")
    assert part("window").get_attribute("aria-valuenow") == "11"
    part("stride-4").click()
    assert part("window").get_attribute("aria-valuenow") == "5"  # the nearest place that is left
    part("k-5").click()
    part("padding").select_option("2")
    assert part("padding").locator("option:checked").text_content() == "2 (same)"
    part("reset").click()
    assert part("arithmetic").text_content().endswith("Never read: the zero at place 6.")


@pytest.mark.parametrize("name", explorers.__all__)
def test_every_control_has_a_name(gallery, name, explorer_in):
    """What a screen reader says for each control, from Chromium's own computation of names."""
    root = explorer_in(gallery.cell(f"explorers.{name}(")).root
    for control in root.locator("input, select, button, [role=slider], [role=gridcell]").all():
        if not control.is_visible():
            continue
        name_of_it = control.evaluate("""node => node.getAttribute('aria-label')
            || [...(node.labels || [])].map(label => label.textContent).join(' ')
            || node.closest('label')?.textContent || node.textContent""")
        assert name_of_it and name_of_it.strip(), control.evaluate("node => node.outerHTML")


def test_the_copies_run_and_the_rule_changes_while_they_do(gallery, parts):
    """TiedRun: Play steps, a rule pressed meanwhile makes the next steps, Pause stops, Reset begins anew."""
    part, page = parts("TiedRun"), gallery.page
    part("reset").click()
    words = part("arithmetic")
    assert words.text_content().startswith("Before the first step, from equal copies")
    part("rule-none").click()
    part("rate").fill("5")
    part("step").click()
    part("step").click()
    assert words.text_content().startswith("After 2 steps by “none” with SGD and rate 0.05")
    part("play").click()
    assert part("play").text_content() == "Pause"
    words.filter(has_text=re.compile(r"^After [2-9]\d steps by “none”")).wait_for()
    part("rule-sum").click()
    words.filter(has_text=re.compile(r"the last \d+ by “sum” with SGD and rate 0.05")).wait_for()
    part("optimizer-Adam").click()
    words.filter(has_text=re.compile(r"the last \d+ by “sum” with Adam and rate 0.05")).wait_for()
    part("play").click()
    paused = words.text_content()
    page.wait_for_timeout(300)
    assert (words.text_content(), part("play").text_content()) == (paused, "Play")
    part("start-different").click()
    assert words.text_content().startswith("Before the first step, from different copies")
    part("rate").focus()
    page.keyboard.press("End")
    assert part("rate").get_attribute("aria-valuetext") == "2"
    part("optimizer-SGD").click()
    part("play").focus()
    page.keyboard.press("Enter")
    words.filter(has_text="Diverged: the steps are too large. Choose a rate below 0.089 for “sum”").wait_for()
    assert (part("play").text_content(), part("play").get_attribute("aria-disabled")) == ("Play", "true")
    diverged = words.text_content()
    part("step").focus()
    page.keyboard.press("Enter")
    assert words.text_content() == diverged
    part("reset").click()
    part("start-equal").click()
    assert part("play").get_attribute("aria-disabled") == "false"


def test_a_stage_of_the_pipeline_is_chosen_by_a_click(gallery, explorer_in):
    root = explorer_in(gallery.cell("explorers.ShapePipeline(")).root
    picture, sentence = root.locator("img"), root.locator(".lecture-sentence")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    for share, stage in ((0.9, "Stage 4"), (0.55, "Stage 2")):
        picture.click(position={"x": share * box["width"], "y": 0.4 * box["height"]})
        expect(sentence).to_contain_text(stage)
    slider = root.locator("input[type=range]").last
    assert slider.input_value() == "2"


def test_nothing_went_wrong(gallery):
    assert gallery.error_outputs() == []
    assert gallery.console_errors == []
