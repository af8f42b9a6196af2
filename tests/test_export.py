import json
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
import torch

from conftest import SENTENCES
from postagger.data_prep.batching import batches_by_length, encode
from postagger.data_prep.corpus import Corpus
from postagger.export import export, run
from postagger.tagger import Tagger

TEXT = "The dog barks. Run!"


def test_the_command_and_what_runs_its_file(
    small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "small.onnx"
    assert run(["--model", str(small_model), "--output", str(output)]) == 0
    assert capsys.readouterr().out.startswith(f"Saved in {output}: ")
    assert [path.name for path in tmp_path.iterdir()] == ["small.onnx"]
    exported, tagger = Tagger.load(output), Tagger.load(small_model)
    sentences = [list(sentence.tokens) for sentence in SENTENCES] + [[], ["zebra"] * 300]
    assert exported.tag_sents(sentences) == tagger.tag_sents(sentences)
    for token, same in zip(exported.tag_text(TEXT)[1], tagger.tag_text(TEXT)[1], strict=True):
        assert (token.text, token.tag, token.start) == (same.text, same.tag, same.start)
        assert token.confidence == pytest.approx(same.confidence, abs=1e-5)
    assert (exported.config, exported.facts) == (tagger.config, tagger.facts)


def test_a_file_that_exists_is_left_alone(
    small_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "small.onnx"
    output.write_text("mine")
    arguments = ["--model", str(small_model), "--output", str(output)]
    assert run(arguments) == 2
    said = "expected a path that is free, got one in use; choose another, or add --force"
    assert capsys.readouterr().err == f"postagger export: error: {output}: {said}\n"
    assert output.read_text() == "mine"
    assert run([*arguments, "--force"]) == 0
    assert run(["--model", str(small_model), "--output", str(tmp_path / "no" / "folder.onnx")]) == 2
    assert run(["--model", str(tmp_path), "--output", str(tmp_path / "other.onnx")]) == 2


def test_the_file_tells_what_it_is(small_model: Path, tmp_path: Path) -> None:
    export(small_model, tmp_path / "small.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "small.onnx", providers=["CPUExecutionProvider"])
    metadata = session.get_modelmeta().custom_metadata_map
    assert json.loads(metadata["config"])["kind"] == "tagger"
    assert json.loads(metadata["vocabulary"])["tags"] == list(Tagger.load(small_model).tagset)
    assert [one.name for one in session.get_inputs()] == ["token_ids", "feature_ids", "lengths"]


def test_it_tags_without_torch_and_without_nltk(small_model: Path, tmp_path: Path) -> None:
    export(small_model, tmp_path / "small.onnx")
    program = (
        "import sys\n"
        "for name in ('torch', 'nltk', 'sklearn', 'scipy', 'jsonargparse', 'matplotlib', 'jinja2', 'tqdm', 'onnx'):\n"
        "    sys.modules[name] = None\n"
        "from postagger.tag import run\n"
        f"sys.exit(run(['--model', {str(tmp_path / 'small.onnx')!r}]))\n"
    )
    printed = subprocess.check_output([sys.executable, "-c", program], input=TEXT, text=True)
    assert printed == "The/DT dog/NN barks/VBZ ./.\nRun/VB !/.\n"


@pytest.mark.treebank
@pytest.mark.slow
def test_log_probs_of_the_treebank_are_those_of_torch(treebank: Corpus, treebank_model: Path, tmp_path: Path) -> None:
    export(treebank_model, tmp_path / "treebank.onnx")
    tagger = Tagger.load(treebank_model, device="cpu")
    session = onnxruntime.InferenceSession(tmp_path / "treebank.onnx", providers=["CPUExecutionProvider"])
    sentences = [sentence.tokens for sentence in treebank.test]
    furthest = 0.0
    for _, batch in batches_by_length(encode(sentences, tagger.extractor), 64):
        with torch.inference_mode():
            expected = tagger.log_probs(batch)[batch.mask].numpy()
        given = {name: getattr(batch, name).numpy() for name in ("token_ids", "feature_ids", "lengths")}
        (log_probs,) = session.run(None, given)
        told = log_probs[batch.mask.numpy()]
        assert (told.argmax(axis=1) == expected.argmax(axis=1)).all()
        furthest = max(furthest, float(np.abs(told - expected).max()))
    assert furthest < 1e-4


def test_an_exported_tagger_goes_to_other_processes(small_model: Path, tmp_path: Path) -> None:
    export(small_model, tmp_path / "small.onnx")
    tagger = Tagger.load(tmp_path / "small.onnx")
    again = pickle.loads(pickle.dumps(tagger))
    assert again.tag(["The", "dog", "barks", "."]) == tagger.tag(["The", "dog", "barks", "."])
