"""These packages are installed and tested by tests/tools, as a stranger's would be."""

collect_ignore_glob = ["*/*"]
