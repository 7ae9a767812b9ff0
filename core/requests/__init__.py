"""Service requests: from a draft to the last state of its flow.

May import tenants, config, core.catalogue, core.documents (their public functions) and the spine.
`drafts`, `submission`, `review` and `decisions` hold the verbs; `actions` is their one name.
"""
