"""Training: digits learned with a fixed seed, and every part of the loop tried by itself."""

import threading
import time

import numpy as np
import pytest

from lecturelib import conv
from lecturelib import networks as nn
from lecturelib.data import digits


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.fixture(scope="module")
def data():
    images, labels = digits()
    return images[:, None] / 16, labels


def convnet(seed=0, **options):
    r = rng(seed)
    return nn.Sequential(
        nn.Conv(1, 8, 3, rng=r, **options),
        nn.ReLU(),
        nn.MaxPool(2),
        nn.Flatten(),
        nn.Dense(72, 10, gain=1, rng=r, **options),
    )


def plane(count=100, seed=0):
    """Points of the plane, in two classes on either side of a line."""
    x = rng(seed).normal(size=(count, 2))
    return x, (x[:, 0] + 2 * x[:, 1] > 0.3).astype(int)


def run(x, y, **options):
    network = nn.Dense(2, 2, rng=rng(1))
    defaults = {"optimizer": nn.SGD(0.5), "epochs": 3, "rng": rng(2), "progress": False}
    return network, nn.fit(network, x, y, **{**defaults, **options})


def test_a_small_network_learns_digits(data):
    x, y = data
    network = convnet()
    history = nn.fit(
        network,
        x[:500],
        y[:500],
        optimizer=nn.Momentum(0.1),
        epochs=8,
        rng=rng(),
        validation=(x[500:800], y[500:800]),
        progress=False,
    )
    assert history.accuracy[-1] > 0.97 and history.validation_accuracy[-1] > 0.88
    assert history.loss[-1] < 0.1 < 1 < history.loss[0]
    assert len(history.step_loss) == 8 * 16 and history.epochs == len(history.validation_loss) == 8
    assert nn.evaluate(network, x[500:800], y[500:800]) == (
        history.validation_loss[-1],
        history.validation_accuracy[-1],
    )


def test_before_it_is_trained_it_guesses(data):
    """Sanity before training: about ln 10 = 2.3026, and exactly that from weights of zero."""
    x, y = data
    start = nn.evaluate(convnet(), x, y)
    assert start[0] == pytest.approx(np.log(10), abs=0.5) and start[1] < 0.25
    network = convnet()
    network.layers[-1].params["w"][...] *= 0.01
    assert nn.evaluate(network, x, y)[0] == pytest.approx(np.log(10), abs=0.01)
    network.layers[-1].params["w"][...] = 0
    assert nn.evaluate(network, x, y)[0] == pytest.approx(np.log(10), rel=1e-14)


def test_it_can_learn_twenty_images_by_heart(data):
    x, y = data[0][:20], data[1][:20]
    network = convnet()
    nn.fit(network, x, y, optimizer=nn.Adam(0.01), epochs=120, batch_size=20, rng=rng(), progress=False)
    loss, accuracy = nn.evaluate(network, x, y)
    assert loss < 0.01 and accuracy == 1


def test_a_kernel_is_learned_back():
    """Regression: the layer that made the targets is found again."""
    kernel = np.array([[[[1.0, 0, -1], [2, 0, -2], [1, 0, -1]]]])
    x = rng().normal(size=(40, 1, 9, 8))
    targets = conv(x, kernel, [0.5])
    layer = nn.Conv(1, 1, 3, rng=rng(1))
    options = {"loss": nn.mean_squared_error, "progress": False, "batch_size": 8}
    history = nn.fit(layer, x, targets, optimizer=nn.SGD(0.2), epochs=20, rng=rng(), **options)
    np.testing.assert_allclose(layer.params["w"], kernel, atol=1e-6)
    np.testing.assert_allclose(layer.params["b"], 0.5, atol=1e-6)
    assert history.accuracy == [] and history.loss[-1] < 1e-10
    assert nn.evaluate(layer, x, targets, loss=nn.mean_squared_error)[1] is None
    assert str(history) == "epoch 20: loss 0.0000"


def test_the_same_seed_gives_the_same_history():
    x, y = plane()
    first, second, other = (run(x, y, rng=rng(seed), validation=(x, y))[1] for seed in (2, 2, 3))
    assert first == second and first != other


def test_the_loop_by_hand():
    """Three epochs written out: shuffle, forward, loss, backward, step, and means over the inputs."""
    x, y = plane(11)
    network, history = run(x, y, batch_size=4)
    r, twin, step_loss, loss, accuracy = rng(2), nn.Dense(2, 2, rng=rng(1)), [], [], []
    for _ in range(3):
        order, losses, hits = r.permutation(11), [], 0
        for batch in (order[:4], order[4:8], order[8:]):
            logits = x[batch] @ twin.params["w"].T + twin.params["b"]
            p = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
            losses.append(-np.log(p[np.arange(len(batch)), y[batch]]).mean())
            hits += (logits.argmax(1) == y[batch]).sum()
            g = (p - np.eye(2)[y[batch]]) / len(batch)
            twin.params["w"] -= 0.5 * g.T @ x[batch]
            twin.params["b"] -= 0.5 * g.sum(0)
        step_loss += losses
        loss.append((4 * losses[0] + 4 * losses[1] + 3 * losses[2]) / 11)
        accuracy.append(hits / 11)
    np.testing.assert_allclose(history.step_loss, step_loss, atol=1e-14)
    np.testing.assert_allclose(history.loss, loss, atol=1e-14)
    np.testing.assert_allclose(history.accuracy, accuracy, atol=1e-15)
    np.testing.assert_allclose(network.params["w"], twin.params["w"], atol=1e-14)


def test_every_input_is_seen_once_an_epoch_in_batches_that_need_not_divide():
    seen = []

    def spy(inputs, generator):
        seen.append(inputs[:, 0].tolist())
        return inputs

    x = np.arange(11.0)[:, None] * [[1, 0]]
    run(x, np.zeros(11, int), batch_size=4, transform=spy, epochs=2)
    assert [len(batch) for batch in seen] == [4, 4, 3] * 2
    first, second = sum(seen[:3], []), sum(seen[3:], [])
    assert sorted(first) == sorted(second) == list(range(11)) and first != second
    seen.clear()
    run(x, np.zeros(11, int), batch_size=100, transform=spy, epochs=1)
    assert [len(batch) for batch in seen] == [11]


def test_the_transform_is_applied_in_training_alone():
    x, y = plane()
    x.flags.writeable = y.flags.writeable = False
    plain = run(x, y, validation=(x, y))
    flipped = run(x, y, validation=(x, y), transform=lambda inputs, generator: -inputs)
    by_hand = run(-x, y, validation=(x, y))
    assert flipped[1] == by_hand[1] and flipped[1].loss != plain[1].loss
    np.testing.assert_array_equal(flipped[0].params["w"], by_hand[0].params["w"])

    def noisy(inputs, generator):
        inputs += generator.normal(size=inputs.shape)  # a batch is a copy
        return inputs

    assert run(x, y, transform=noisy)[1] == run(x, y, transform=noisy)[1] != plain[1]
    np.testing.assert_array_equal(x, plane()[0])


def test_training_goes_on_where_it_ended():
    x, y = plane()
    network, optimizer, r = nn.Dense(2, 2, rng=rng(1)), nn.Momentum(0.1), rng(2)
    options = {"optimizer": optimizer, "rng": r, "progress": False}
    parts = [nn.fit(network, x, y, epochs=n, **options) for n in (1, 2)]
    whole, history = run(x, y, optimizer=nn.Momentum(0.1))
    assert parts[0].loss + parts[1].loss == history.loss
    np.testing.assert_array_equal(network.params["w"], whole.params["w"])


def test_a_single_precision_network_stays_so(data):
    x, y = data[0][:64].astype("f4"), data[1][:64]
    network = convnet(dtype="f4")
    nn.fit(network, x, y, optimizer=nn.Adam(), epochs=1, rng=rng(), progress=False)
    assert {array.dtype for array in network.params.values()} == {np.dtype("f4")}
    assert network.forward(x).dtype == np.float32


def test_a_class_for_every_place():
    """Labels (N, H, W): a network without a dense end learns which pixels are bright."""
    x = rng().normal(size=(30, 1, 5, 4))
    y = (x[:, 0] > 0).astype(int)
    layer = nn.Conv(1, 2, 1, rng=rng())
    history = nn.fit(layer, x, y, optimizer=nn.SGD(5), epochs=10, rng=rng(), progress=False)
    assert history.accuracy[-1] > 0.97
    assert nn.evaluate(layer, x, y)[1] == pytest.approx((layer.forward(x).argmax(1) == y).mean())


def test_evaluate_is_the_mean_over_all_inputs():
    x, y = plane(23)
    network = nn.Dense(2, 2, rng=rng())
    before, kept = network.params["w"].copy(), network.grads
    logits = network.forward(x)
    loss = np.mean([-np.log(np.exp(a[k]) / np.exp(a).sum()) for a, k in zip(logits, y, strict=True)])
    for batch_size in (1, 7, 256):
        measured = nn.evaluate(network, x, y, batch_size=batch_size)
        assert measured == (pytest.approx(loss), pytest.approx((logits.argmax(1) == y).mean()))
    np.testing.assert_array_equal(network.params["w"], before)
    assert network.grads is kept


def test_the_progress_bar(capfd):
    x, y = plane()
    run(x, y)
    assert capfd.readouterr() == ("", "")

    def slow(inputs, generator):
        time.sleep(0.03)  # four batches an epoch: tqdm draws at most ten times a second
        return inputs

    _, history = run(x, y, progress=True, transform=slow)
    out, err = capfd.readouterr()
    assert out == ""
    second = [text for text in err.split("\r") if "2/3" in text]
    assert second and all(f"loss {history.loss[1]:.4f}, acc" in text for text in second)


def test_the_progress_bar_starts_no_thread():
    before = threading.active_count()
    counts = []
    run(*plane(), progress=True, transform=lambda a, r: (counts.append(threading.active_count()), a)[1])
    assert set(counts) == {before}


@pytest.mark.parametrize("optimizer", [nn.SGD(1e6), nn.Momentum(1e6), nn.SGD(1e200), nn.SGD(1e307)])
def test_a_run_that_diverges_says_so(optimizer):
    """And says nothing else: any warning of NumPy's would fail this test."""
    x, y = 100 * rng().normal(size=(32, 1, 6, 6)), np.ones((32, 1))
    convs = nn.Conv(1, 4, 3, rng=rng()), nn.ReLU(), nn.Conv(4, 1, 3, rng=rng())
    network = nn.Sequential(*convs, nn.Flatten(), nn.Dense(4, 1, rng=rng()))
    options = {"epochs": 50, "rng": rng(), "loss": nn.mean_squared_error, "progress": False}
    message = r"the loss became (inf|nan) in epoch \d+; try a smaller rate than 1e\+(06|200|307)$"
    with pytest.raises(FloatingPointError, match=message):
        nn.fit(network, x, y, optimizer=optimizer, **options)


def test_a_validation_loss_that_is_not_finite_says_so():
    x, y = plane()
    with pytest.raises(FloatingPointError, match="the validation loss became nan in epoch 1; try"):
        run(x, y, validation=(x * np.nan, y))


def test_a_history_in_words():
    history = nn.History()
    assert str(history) == "no epoch yet" and history.epochs == 0
    history.loss, history.accuracy = [0.5, 0.25], [0.5, 0.75]
    history.validation_loss, history.validation_accuracy = [1, 0.375], [0.5, 0.625]
    assert str(history) == (
        "epoch 2: loss 0.2500, accuracy 0.7500, validation loss 0.3750, validation accuracy 0.6250"
    )


X, Y = plane(5)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"epochs": 0}, ValueError, "epochs must be at least 1; got 0"),
        ({"epochs": 1.5}, TypeError, "epochs must be an integer; got 1.5"),
        ({"batch_size": 0}, ValueError, "batch_size must be at least 1; got 0"),
        ({"optimizer": 0.1}, TypeError, "optimizer must be an Optimizer; got float"),
        ({"rng": 0}, TypeError, "rng must be a numpy.random.Generator; got int"),
        ({"loss": "mse"}, TypeError, "loss must be a function; got str"),
        ({"transform": "flip"}, TypeError, "transform must be a function; got str"),
        ({"progress": None}, TypeError, "progress must be True or False; got None"),
        ({"validation": X}, TypeError, r"validation must be a pair \(inputs, targets\); got ndarray"),
        ({"validation": (X, Y[:2])}, ValueError, r"validation\[1\] must hold a target for each of the 5"),
        ({"x": X[:3]}, ValueError, "y must hold a target for each of the 3 inputs; got 5"),
        ({"x": X[:, 0]}, ValueError, r"x and y must have a batch axis, .* got shapes \(5,\) and \(5,\)"),
        ({"y": ["a"] * 5}, TypeError, "y must hold numbers"),
        ({"y": Y + 1}, ValueError, "labels must be 0 to 1; got 1 to 2"),
    ],
)
def test_errors(options, error, message):
    with pytest.raises(error, match=message):
        run(**{"x": X, "y": Y, **options})


def test_what_is_measured_must_be_a_layer():
    with pytest.raises(TypeError, match="network must be a layer; got builtin"):
        nn.evaluate(len, X, Y)
    with pytest.raises(TypeError, match="network must be a layer; got list"):
        nn.fit([nn.ReLU()], X, Y, optimizer=nn.SGD(1), epochs=1, rng=rng())
    with pytest.raises(ValueError, match="batch_size must be at least 1; got 0"):
        nn.evaluate(nn.ReLU(), X, Y, batch_size=0)
    with pytest.raises(TypeError, match="loss must be a function; got NoneType"):
        nn.evaluate(nn.ReLU(), X, Y, loss=None)
