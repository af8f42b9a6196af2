import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from postagger.scoring.packing import packings


@given(st.lists(st.integers(0, 9), max_size=12), st.integers(1, 4))
def test_every_token_is_read_once_in_both_directions(lengths: list[int], group_size: int) -> None:
    starts = np.cumsum([0, *lengths])
    sentence_of = np.repeat(np.arange(len(lengths)), lengths)
    read: list[int] = []
    for packing in packings(np.array(lengths, dtype=np.int64), group_size):
        assert len(packing.sentences) <= group_size
        read += packing.places.tolist()
        forward, backward = packing.places, packing.places[packing.mirror]
        first = 0
        for step, count in enumerate(packing.counts):
            assert first == 0 or count <= packing.counts[step - 1]
            for place in range(first, first + count):
                sentence = packing.sentences[place - first]
                assert forward[place] == starts[sentence] + step
                assert backward[place] == starts[sentence + 1] - 1 - step
            first += count
        assert (sentence_of[forward] == sentence_of[backward]).all()
        assert packing.mirror[packing.mirror].tolist() == list(range(len(packing.mirror)))
    assert sorted(read) == list(range(sum(lengths)))


def test_a_very_long_sentence_is_not_packed_with_many() -> None:
    lengths = np.array([1, 2000] * 100)
    assert [len(packing.sentences) for packing in packings(lengths)] == [65, 65, 70]
    assert [packing.counts[0] for packing in packings(np.array([1, 200_000, 1]))] == [1, 2]
