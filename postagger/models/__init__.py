"""Batches of ids in, scores out; torch only; knows no text and no files.

Axis letters: B sentences, T tokens, C characters, V symbols, K tags, F surface features, E embedding, H hidden,
D directions (1 or 2), L layers.
"""
