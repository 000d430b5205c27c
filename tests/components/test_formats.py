from components.formats import refusals, runtimes
from components.model import Model

FOREST = Model(format="sklearn", uri="s3://models/forest")


def test_the_runtimes_of_a_format_are_those_that_say_so() -> None:
    assert "mlserver" in runtimes("sklearn")
    assert "mlserver" not in runtimes("tensorrt")


def test_a_model_of_another_format_is_told_which_runtime_serves_it() -> None:
    (told,) = refusals({"forest": FOREST, "net": Model(format="onnx", uri="s3://models/net")}, "zoo", ("onnx", "pmml"))
    assert str(told).startswith(
        "forest.format: runtime 'zoo' serves onnx, pmml; got 'sklearn'. Use runtime 'kserve' or "
    )
