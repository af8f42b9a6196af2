"""The HTTP application and its page.

gate -> messages -> tagging (batcher) -> application: a request is let in, read, answered together with those that wait
beside it, and sent off.
"""
