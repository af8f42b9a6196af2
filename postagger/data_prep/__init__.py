"""Text and corpora in, padded batches of ids out; knows no network.

The way of the data: corpus -> vocabulary -> features -> batching.
"""
