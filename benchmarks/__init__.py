"""Measurements that are no tests: quality against known answers, time and memory at scale."""
