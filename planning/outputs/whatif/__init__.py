"""The page on which a planner tries: sites are dragged, and the city answers."""
