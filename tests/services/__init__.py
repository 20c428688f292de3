"""The real services that tests run against: private, temporary, one of each per test run."""
