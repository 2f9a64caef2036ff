"""The domain of azremediate: what is remediated and how, without any input or output of its own."""
