"""Pictures of events, for the previews of shared links."""
