"""Learning at a practice: lessons out of decisions, a challenger, and who put which model in force."""
