"""What the coordinates of a table are: declared or detected, and led to the metric plane."""
