"""Small counts of people are not shown in what is published, nor do they follow from the rest."""
