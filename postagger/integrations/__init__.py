"""The tagger inside other libraries: NLTK, scikit-learn, spaCy."""
