"""Every rule of the product, as pure functions."""
