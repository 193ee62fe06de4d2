"""What is promised under faults, tried in rounds: the first few with the other tests, all of them by `make trust`."""
