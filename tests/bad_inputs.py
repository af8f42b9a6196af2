"""Bad input, as command lines that one could type in the folder of bad_files. Lines with a + stand on the page, too."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from forked_commands import CLOSED, NOBODY_READS

_SIGNS = ("<", ">", "<&-", ">&-", "|")


@dataclass(frozen=True)
class Line:
    """A command line: NAME=VALUE ... postagger ARGUMENT ... < FILE > FILE, or <&- >&- | true."""

    text: str

    @property
    def words(self) -> list[str]:
        return shlex.split(self.text)

    @property
    def environment(self) -> dict[str, str]:
        """The variables before the command."""
        pairs = (word.partition("=") for word in self.words[: self.words.index("postagger")])
        return {name: value for name, _, value in pairs}

    @property
    def arguments(self) -> list[str]:
        """What follows on postagger, up to where its streams go."""
        words = self.words[self.words.index("postagger") + 1 :]
        return words[: min((words.index(one) for one in _SIGNS if one in words), default=None)]

    @property
    def stdin(self) -> str:
        """Where its input is from."""
        return CLOSED if "<&-" in self.words else self._after("<") or "/dev/null"

    @property
    def stdout(self) -> str | None:
        """Where its output goes; None where the test reads it."""
        return NOBODY_READS if "|" in self.words else CLOSED if ">&-" in self.words else self._after(">")

    def _after(self, sign: str) -> str | None:
        return self.words[self.words.index(sign) + 1] if sign in self.words else None


@dataclass(frozen=True)
class Section:
    """Some lines, those that the page shows, and what they are about."""

    title: str
    text: str

    @property
    def lines(self) -> list[Line]:
        return list(self._lines(("+ ", "")))

    @property
    def shown(self) -> list[Line]:
        return list(self._lines(("+ ",)))

    def _lines(self, starts: tuple[str, ...]) -> Iterator[Line]:
        for line in self.text.strip().splitlines():
            if line.startswith(starts):
                yield Line(line.removeprefix("+ "))


MISTAKES = (
    Section(
        "Commands",
        """
+ postagger tga
postagger Tag
postagger ""
postagger --verbose
postagger --version > /dev/full
+ postagger charlm > /dev/full
postagger --version >&-
postagger --help > /dev/full
postagger tag --help > /dev/full
postagger tag --help >&-
+ postagger charlm tell
postagger completion
+ postagger completion fish
postagger completion bash zsh
postagger completion bash > /dev/full
""",
    ),
    Section(
        "Text to tag, and tokens",
        """
+ postagger tag missing.txt
+ postagger tag "The dog barks."
postagger tag ""
+ postagger tag folder
+ postagger tag locked.txt
postagger tag locked/notes.txt
postagger tag good.txt locked.txt
postagger tag dangling.txt
postagger tag loop.txt
+ postagger tag --model model latin1.txt
postagger tag --model model < latin1.txt
postagger tag --model model --input lines latin1.txt
postagger tag --model model --input tokens latin1.txt
+ postagger tag --model model utf16-with-bom.txt
postagger tag --model model bytes.txt
+ postagger tag --model model cut.txt
postagger tag --model model surrogate.txt
postagger tag --model model overlong.txt
+ postagger tag --model model <&-
+ postagger tag --model model good.txt >&-
+ postagger tag --model model good.txt > /dev/full
postagger tag --model model --min-confidence 0.5 good.txt > /dev/full
""",
    ),
    Section(
        "CoNLL-U",
        """
+ postagger tag --model model --input conllu spaces.conllu
postagger tag --model model --input conllu nine.conllu
+ postagger tag --model model --input conllu hole.conllu
+ postagger tag --model model --input conllu two.conllu
+ postagger tag --model model --input conllu letter.conllu
postagger tag --model model --input conllu range.conllu
+ postagger tag --model model --input conllu twice.conllu
postagger tag --model model --input conllu latin1.conllu
postagger tag --model model --input conllu utf16.conllu
+ postagger tag --model model --input conllu late.conllu
postagger tag --model model --input conllu good.txt
postagger tag --model model --input conllu --workers 2 late.conllu
""",
    ),
    Section(
        "Options of tag",
        """
postagger tag --bogus
+ postagger tag --output tags.txt
postagger tag -x
+ postagger tag --model
postagger tag --input xml
postagger tag --input jsno good.txt
+ postagger tag --output-format jsn
postagger tag --precision double
postagger tag --device tpu
+ postagger tag --device cuda --model model good.txt
postagger tag --device mps --model model good.txt
+ postagger tag --workers 0
postagger tag --workers two
postagger tag --workers 1000000
postagger tag --color always --output-format json
postagger tag --color red
+ postagger tag --confidence
+ postagger tag --confidence=yes
+ postagger tag --min-confidence 2
postagger tag --min-confidence nan
postagger tag --min-confidence high
postagger tag --k-best 0
postagger tag --k-best 3
postagger tag --k-best 99999999999999999999999
+ postagger tag --k-best 3 --output-format tsv --workers 2
postagger tag --k-best-sequences 0
postagger tag --k-best-sequences 3 --output-format tsv
postagger tag --k-best-sequences 100000 --output-format json
""",
    ),
    Section(
        "Tagging in bulk",
        """
postagger bulk
postagger bulk good.txt
postagger bulk --input
+ postagger bulk --input good.txt
+ postagger bulk --input 'missing/**/*.txt' --output tagged
+ postagger bulk --input folder --output tagged
+ postagger bulk --input good.xyz --output tagged
postagger bulk --input dangling.txt --output tagged
+ postagger bulk --input locked.txt --output tagged
+ postagger bulk --input text.parquet --output tagged
postagger bulk --input good.txt --output tagged --input-format parquet
postagger bulk --input good.txt --output tagged --input-format xml
+ postagger bulk --input good.txt --output tagged --output-format csv
postagger bulk --input good.txt --output tagged --column
+ postagger bulk --input good.txt --output tagged --id url
postagger bulk --input good.txt --output tagged --tokenized=yes
+ postagger bulk --input good.txt --output tagged --engine dask
postagger bulk --input good.txt --output tagged --workers 0
+ postagger bulk --input good.txt --output tagged --part-size 0
postagger bulk --input good.txt --output tagged --part-size large
+ postagger bulk --input good.txt --output tagged --model missing
postagger bulk --input good.txt --output tagged --model writer
postagger bulk --input good.txt --output tagged --model model --device cuda
postagger bulk --input good.txt --output tagged --model model --tagset xyz
postagger bulk --input good.txt --output tagged --model model --tagset one.tags
postagger bulk --input good.txt --output tagged --confidence=yes
postagger bulk --input good.txt --output tagged --precision double
postagger bulk --input good.txt --output tagged --force=yes
postagger bulk --input good.txt --output
+ postagger bulk --input good.txt --output good.txt --model model
postagger bulk --input good.txt --output good.txt/tagged --model model
+ postagger bulk --input good.txt --output folder --model model
+ postagger bulk --input good.txt --output folder --model model --force
postagger bulk --input good.txt --output locked --model model
postagger bulk --input good.txt --output locked/tagged --model model
postagger bulk --input folder/* --output folder --model model
""",
    ),
    Section(
        "Mappings of tags, lexicons",
        """
+ postagger tag --model model --tagset xyz
postagger tag --model model --tagset ""
+ postagger tag --model model --tagset one.tags
postagger tag --model model --tagset three.tags
+ postagger tag --model model --tagset twice.tags
+ postagger tag --model model --tagset few.tags
+ postagger tag --model model --tagset empty.txt
postagger tag --model model --tagset folder
postagger tag --model model --tagset locked.txt
postagger tag --model model --tagset latin1.lexicon
postagger tags --tagset xyz
postagger tags --tagset folder
postagger tags --tagset few.tags --model model
postagger tags --model missing
postagger tags noun
postagger tags > /dev/full
postagger tag --model model --lexicon missing.lexicon
+ postagger tag --model model --lexicon alone.lexicon
+ postagger tag --model model --lexicon strange.lexicon
postagger tag --model model --lexicon latin1.lexicon
postagger tag --model model --lexicon folder
postagger tag --model model --lexicon locked.txt
""",
    ),
    Section(
        "Models",
        """
+ postagger tag --model missing
+ postagger tag --model english-nwes
+ postagger tag --model folder
postagger tag --model empty
postagger tag --model good.txt
postagger tag --model locked
+ postagger tag --model writer
+ postagger tag --model changed-model
postagger tag --model cut-model
+ postagger tag --model broken-model
+ postagger tag --model half-model
+ postagger tag --model later-model
postagger tag --model text.onnx
postagger tag --model cut.onnx
+ postagger tag --model missing.onnx
postagger export --model missing --output new.onnx
postagger export --model writer --output new.onnx
postagger export --model model.onnx --output new.onnx
postagger export --model model
postagger export --output
+ postagger export --model model --output model.onnx
postagger export --model model --output missing/new.onnx
+ postagger export --model model --output locked/new.onnx
postagger export --model model --output folder --force
postagger export --model model --output dangling.txt --force
+ postagger export --model model --output pipe --force
postagger export --model model --output new.onnx --force=yes
postagger export new.onnx
""",
    ),
    Section(
        "Tagged corpora",
        """
postagger evaluate --model model
+ postagger evaluate --model model --corpus brown
+ postagger evaluate --model model --corpus brown sample
+ postagger evaluate --model model --corpus missing.tagged
+ postagger evaluate --model model --corpus good.xyz
postagger evaluate --model model --corpus folder --format conllu
postagger evaluate --model model --corpus locked.txt --format conllu
+ postagger evaluate --model model --corpus empty.conllu
postagger evaluate --model model --corpus comments.conllu
+ postagger evaluate --model model --corpus untagged.conllu
postagger evaluate --model model --corpus spaces.conllu
postagger evaluate --model model --corpus latin1.conllu
postagger evaluate --model model --corpus good.tagged --format conllu
postagger evaluate --model model --corpus untagged.tagged
postagger evaluate --model model --corpus no-word.tagged
+ postagger evaluate --model model --corpus latin1.tagged
postagger evaluate --model model --corpus one-column.tsv
+ postagger evaluate --model model --corpus good.tsv --tag-column 9
+ postagger evaluate --model model --corpus mixed.tsv
postagger evaluate --model model --corpus hole.tsv
+ postagger evaluate --model model --corpus sample --split dev
postagger doctor
postagger doctor missing.conllu
postagger doctor good.xyz
postagger doctor locked.txt --format tagged
postagger doctor empty.conllu
postagger doctor untagged.conllu
postagger doctor treebank
postagger doctor sample brown
+ postagger doctor conll2000 --test 0.1
+ postagger doctor sample --dev 2
postagger doctor sample --dev nan
postagger doctor sample --dev missing.conllu
postagger doctor sample --test -1
postagger doctor sample --test missing.conllu
postagger doctor sample --format xml
postagger doctor sample --tag-field pos
postagger doctor sample --token-column 0
postagger doctor sample --tag-column x
postagger doctor sample --keep-traces=no
postagger doctor sample --json=no
postagger doctor sample > /dev/full
""",
    ),
    Section(
        "Options of evaluate, predictions of others",
        """
postagger evaluate good.tagged
postagger evaluate --bogus
postagger evaluate --model missing
postagger evaluate --model model --device gpu
postagger evaluate --model model --threads 0
+ postagger evaluate --model model --threads 100000
postagger evaluate --model model --corpus
postagger evaluate --model model --split rest
postagger evaluate --model model --format xml
postagger evaluate --model model --tag-field pos
postagger evaluate --model model --token-column 0
postagger evaluate --model model --tag-column x
postagger evaluate --model model --keep-traces=maybe
postagger evaluate --model model --no-keep-traces=maybe
postagger evaluate --model model --quote -1
postagger evaluate --model model --corpus good.tagged --compare missing
+ postagger evaluate --model model --corpus good.tagged --compare writer
postagger evaluate --model model --corpus good.tagged --compare-predictions missing.tagged
+ postagger evaluate --model model --corpus good.tagged --compare-predictions one.tagged
+ postagger evaluate --model model --corpus good.tagged --compare-predictions more.tagged
+ postagger evaluate --model model --corpus good.tagged --compare-predictions other.tagged
postagger evaluate --model model --corpus good.tagged --compare-predictions good.xyz
postagger evaluate --model model --corpus good.tagged --compare-predictions spaces.conllu
postagger evaluate --model model --corpus good.tagged --compare-predictions locked.txt --compare-format tagged
postagger evaluate --model model --compare-format xml
postagger evaluate --model model --seeds 0
postagger evaluate --model model --seeds 1000000000
+ postagger evaluate --model model --corpus good.tagged --seeds 2
postagger evaluate --model model --corpus good.tagged --seeds 2 --output scores
+ postagger evaluate --model model --corpus sample --seeds 2 --output taken
+ postagger evaluate --model model --corpus good.tagged --folds 99 --output scores
postagger evaluate --model model --corpus good.tagged --folds 2
postagger evaluate --model model --corpus good.tagged --learning-curve
postagger evaluate --model model --corpus good.tagged --learning-curve --output scores
postagger evaluate --model model --learning-curve=yes
postagger evaluate --model model --output
+ postagger evaluate --model model --corpus good.tagged --output folder
+ postagger evaluate --model model --corpus good.tagged --output folder --force
postagger evaluate --model model --corpus good.tagged --output good.txt
postagger evaluate --model model --corpus good.tagged --output good.txt/scores
postagger evaluate --model model --corpus good.tagged --output locked/scores
postagger evaluate --model model --corpus good.tagged --force=yes
postagger evaluate --model model --corpus good.tagged > /dev/full
postagger evaluate --model model --corpus good.tagged >&-
""",
    ),
    Section(
        "Settings: flags, variables, TOML files",
        """
postagger train --hiden-size 64
postagger train --hidden 64
+ postagger train --workers 2
postagger train good.tagged
+ postagger train --hidden-size many
+ postagger train --hidden-size -3
postagger train --hidden-size
+ postagger train --cell gruu
postagger train --learning-rate fast
+ postagger train --dropout 2
+ postagger train --force=yes
+ POSTAGGER_CELL=gruu postagger train
POSTAGGER_SEED= postagger train
+ POSTAGGER_BIDIRECTIONAL=maybe postagger train
+ POSTAGGER_SELL=gru postagger train
POSTAGGER_CORPUS=missing.conllu postagger train
POSTAGGER_CONFIG=missing.toml postagger train
POSTAGGER_PRESET=slow postagger train
+ postagger train --preset slow
postagger train --config
+ postagger train --config missing.toml
postagger train --config folder
postagger train --config locked.txt
+ postagger train --config broken.toml
+ postagger train --config unknown.toml
+ postagger train --config flag.toml
postagger train --config type.toml
postagger train --config range.toml
postagger train --config choice.toml
postagger train --config twice.toml
postagger train --config table.toml
postagger train --config preset.toml
+ postagger train --config latin1.toml
postagger train --config utf16.conllu
""",
    ),
    Section(
        "Options of train",
        """
postagger train --corpus missing.conllu
postagger train --corpus brown
+ postagger train --corpus good.tagged --dev 0.9
postagger train --corpus sample --dev 2
postagger train --corpus sample --test missing.conllu
postagger train --corpus good.conllu --format xml
postagger train --corpus good.conllu --tag-field pos
postagger train --token-column 0
postagger train --tag-column x
postagger train --keep-traces=maybe
postagger train --stream --corpus treebank
postagger train --stream --corpus good.tagged --dev 0.1
postagger train --stream=maybe
postagger train --stream --corpus good.tagged --shuffle-buffer 0
+ postagger train --corpus sample --raw-text missing.txt
postagger train --corpus sample --raw-text latin1.txt
postagger train --corpus sample --raw-text brown
postagger train --output folder
postagger train --output folder --force
postagger train --output good.txt
+ postagger train --output locked/model
postagger train --compact=yes
postagger train --quote -1
postagger train --quote many
+ postagger train --corpus sample --patience 2
postagger train --device gpu
postagger train --device cuda
postagger train --min-count 0
postagger train --max-affix-length 21
postagger train --normalize-words=no
postagger train --min-affix-count 0
postagger train --use-characters=no
postagger train --unknown-word-rate nan
postagger train --augmentation 2
postagger train --r-drop -1
postagger train --embedding-dim 0
postagger train --feature-dim 0
postagger train --character-dim 0
postagger train --num-layers 0
postagger train --bidirectional=maybe
postagger train --input-dropout 1.5
postagger train --output-dropout x
postagger train --implementation numpy
postagger train --min-raw-count 0
postagger train --min-raw-affix-count 0
postagger train --vector-dim 0
postagger train --cloze-rate 2
postagger train --pretraining-dropout 2
postagger train --pretraining-rate 0
postagger train --pretraining-batch-size 0
postagger train --pretraining-epochs 0
postagger train --optimizer lion
+ postagger train --learning-rate 0
postagger train --weight-decay -1
postagger train --beta2 1
postagger train --schedule cosine
postagger train --warmup-fraction 1
postagger train --max-grad-norm -1
postagger train --batch-size 0
postagger train --num-epochs 0
postagger train --minutes 0
postagger train --patience -1
+ postagger train --seed -1
postagger train --precision float64
postagger train --threads 0
postagger train --confidence-temperature 0
""",
    ),
    Section(
        "Runs that were cut off",
        """
+ postagger train --checkpoint-every often
postagger train --checkpoint-every -1
+ postagger train --corpus sample --output model --resume
+ postagger train --corpus sample --output writer --resume
+ postagger train --corpus sample --output half-model --resume
+ postagger train --corpus sample --output foreign
postagger train --corpus sample --output foreign --resume
postagger train --corpus sample --output foreign --force
postagger train --resume=yes
postagger charlm train --checkpoint-every often
postagger charlm train --text good.txt --output writer --resume
postagger charlm train --text good.txt --output model --resume
postagger charlm train --text good.txt --output foreign
""",
    ),
    Section(
        "Texts, folders and zip archives, language models",
        """
postagger charlm evaluate --model writer --text missing.txt
+ postagger charlm evaluate --model writer --text empty.txt
postagger charlm evaluate --model writer --text empty
postagger charlm evaluate --model writer --text locked.txt
+ postagger charlm evaluate --model writer --text latin1.txt
postagger charlm evaluate --model writer --text cut.txt
postagger charlm evaluate --model writer --text dangling.txt
+ postagger charlm evaluate --model writer --text latin1.zip
postagger charlm evaluate --model writer --text nothing.zip
+ postagger charlm evaluate --model writer --text changed.zip
postagger charlm evaluate --model writer --text cut.zip
+ postagger charlm evaluate --model writer --text encrypted.zip
+ postagger charlm evaluate --model writer --text - -
postagger charlm evaluate --model writer --text - <&-
postagger charlm evaluate --model writer --text - < empty.txt
postagger charlm evaluate --model writer --text - < latin1.txt
+ postagger charlm evaluate
postagger charlm evaluate --model missing
+ postagger charlm evaluate --model model
postagger charlm evaluate --model changed-model
postagger charlm evaluate --model writer --device gpu
postagger charlm evaluate --model writer --threads 0
postagger charlm evaluate --model writer --split rest
+ postagger charlm evaluate --model writer --text good.txt --split train
postagger charlm evaluate --model writer --text good.txt --baseline missing.txt
postagger charlm evaluate --model writer --output folder
postagger charlm evaluate --model writer --output folder --force
postagger charlm evaluate --model writer --force=yes
postagger charlm evaluate --model writer --text good.txt > /dev/full
postagger charlm generate
postagger charlm generate --model model
postagger charlm generate --model writer The
postagger charlm generate --model writer --device gpu
postagger charlm generate --model writer --threads 0
postagger charlm generate --model writer --prefix
postagger charlm generate --model writer --length -1
postagger charlm generate --model writer --length many
+ postagger charlm generate --model writer --temperature hot
postagger charlm generate --model writer --temperature -1
postagger charlm generate --model writer --temperature nan
postagger charlm generate --model writer --top-k -1
+ postagger charlm generate --model writer --top-p 1.5
postagger charlm generate --model writer --greedy=yes
postagger charlm generate --model writer --seed -1
postagger charlm generate --model writer --seed 9223372036854775808
postagger charlm generate --model writer --count 0
postagger charlm generate --model writer > /dev/full
""",
    ),
    Section(
        "Options of charlm train",
        """
postagger charlm train --text missing.txt
postagger charlm train --text latin1.zip
+ postagger charlm train --text good.txt --held-out 0.99
+ postagger charlm train --text good.txt
postagger charlm train --text good.txt --held-out 1
postagger charlm train --corpus treebank
postagger charlm train --output folder
postagger charlm train --force=yes
postagger charlm train --resume=yes
postagger charlm train --map hello
+ postagger charlm train --map hello hi
postagger charlm train --config unknown.toml
postagger charlm train --preset slow
postagger charlm train --symbols words
postagger charlm train --min-count 0
postagger charlm train --newlines drop
postagger charlm train --characters 0
postagger charlm train --windows sliding
postagger charlm train --context-length 0
postagger charlm train --input bytes
postagger charlm train --embedding-dim 0
postagger charlm train --cell gruu
postagger charlm train --hidden-size 0
postagger charlm train --num-layers 0
postagger charlm train --direction sideways
+ postagger charlm train --bidirectional-leak --direction both
postagger charlm train --bidirectional-leak=yes
postagger charlm train --input-dropout 2
postagger charlm train --dropout 2
postagger charlm train --output-dropout 2
+ postagger charlm train --tied-weights
postagger charlm train --tied-weights=yes
postagger charlm train --initial-weights large
postagger charlm train --implementation numpy
postagger charlm train --prefix
postagger charlm train --sample-every 0
postagger charlm train --sample-length 0
postagger charlm train --temperature -1
postagger charlm train --optimizer lion
postagger charlm train --learning-rate 0
postagger charlm train --weight-decay -1
postagger charlm train --beta2 1
postagger charlm train --schedule cosine
postagger charlm train --warmup-fraction 1
postagger charlm train --max-grad-norm -1
postagger charlm train --batch-size 0
postagger charlm train --num-epochs 0
postagger charlm train --minutes 0
postagger charlm train --patience -1
postagger charlm train --seed x
postagger charlm train --device gpu
postagger charlm train --precision float64
postagger charlm train --threads 0
""",
    ),
    Section(
        "Options of serve",
        """
postagger serve good.txt
postagger serve --model missing
postagger serve --device gpu
+ postagger serve --host 0.0.0.0
postagger serve --host ""
+ postagger serve --host 256.0.0.1 --token-file good.token
+ postagger serve --port 70000
postagger serve --port http
+ postagger serve --token-file missing.token
postagger serve --token-file folder
postagger serve --token-file locked.txt
+ postagger serve --token-file short.token
postagger serve --token-file blank.token
+ postagger serve --token-file latin1.token
postagger serve --language-model missing
postagger serve --model model --language-model model --port 0
postagger serve --max-body-bytes 0
postagger serve --max-tokens many
postagger serve --max-seconds 0
postagger serve --max-concurrency -1
""",
    ),
)
"""What is answered by exit code 2 and a line."""

HARMLESS = Section(
    "Odd, but no mistake",
    r"""
+ postagger tag --model model empty.txt
postagger tag --model model < empty.txt
postagger tag --model model --input lines empty.txt
postagger tag --model model --input tokens empty.txt
postagger tag --model model --input conllu empty.conllu
postagger tag --model model --input conllu comments.conllu
+ postagger tag --model model blank.txt
+ postagger tag --model model bom.txt
+ postagger tag --model model crlf.txt
+ postagger tag --model model cr.txt
+ postagger tag --model model --input tokens cr.txt
postagger tag --model model nul.txt
+ postagger tag --model model million.txt
postagger tag --model model --input tokens million.txt
+ postagger tag --model model one-line.txt
+ postagger tag --model model --input conllu bom.conllu
postagger tag --model model --input conllu crlf.conllu
+ postagger tag --model model --input conllu no-end.conllu
+ postagger tag --model model --input conllu untagged.conllu
postagger tag --model model --lexicon empty.txt good.txt
postagger tag --model model --k-best 9223372036854775807 --output-format json good.txt
+ postagger tag --model model.onnx good.txt
postagger tag --model odd-model good.txt
postagger tag --model model good.txt | true
postagger tag --help | true
postagger tags | true
PYTHONIOENCODING=ascii postagger tag --model model --input tokens umlaut.txt
PYTHONIOENCODING=ascii postagger evaluate --model model --corpus umlaut.tagged
postagger evaluate --model model.onnx --corpus good.tagged
postagger evaluate --model model --corpus good.tsv
postagger evaluate --model model --corpus good.conllu
postagger doctor good.tagged --json
+ postagger charlm generate --model writer --length 0 --prefix Zoë
postagger charlm evaluate --model writer --text good.zip
""",
)
"""What is no mistake, and answered by exit code 0."""
