environment = "prd"
account_id  = "123456789012"
region      = "eu-central-1"

tokens = {
  issuer   = "https://login.example.org"
  audience = "millrace"
}

domain = {
  name            = "api.example.org"
  certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/00000000-0000-0000-0000-000000000000"
}

deletion_protection = true
recovery_days       = 35
table_ceiling       = { read_units = 24000, write_units = 12000 }
log_retention_days  = 90

private_network      = true
network_nat_per_zone = true

waf                = true
alarms             = true
alarm_emails       = ["operations@example.org"]
monthly_budget_usd = 500

organizations = {
  "first-credit" = { rate_per_second = 100, burst = 200, quota_per_day = 5000000 }
}
