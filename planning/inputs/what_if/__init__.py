"""The hypothetical present of a study laid over what its files say."""
