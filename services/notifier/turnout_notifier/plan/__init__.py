"""Plans what is sent to whom, when and by which channel. Pure: time is an argument."""
