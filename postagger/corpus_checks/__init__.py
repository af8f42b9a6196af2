"""What may be odd in a corpus: tags, tokens, sentences, splits."""
