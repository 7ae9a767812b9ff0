"""What leaves the house waits here for the commit: mails, jobs, figures."""
