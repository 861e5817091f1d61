# Placeholders: put in your own account and addresses.
environment = "dev"
account_id  = "123456789012"
region      = "eu-central-1"

user_pool = true

deletion_protection = false
recovery_days       = 7
table_ceiling       = { read_units = 2000, write_units = 1000 }
log_retention_days  = 14
