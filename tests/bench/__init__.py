"""`python -m tests.bench` (make bench): figures as ratios of one run, on servers of its own."""
