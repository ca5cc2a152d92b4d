"""The domain, the protocol and the journal, which both services share."""
