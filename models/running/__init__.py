"""What those who run the product look at and do: jobs, messages, the audit trail, accounts, rules to come, texts."""
