# Urgent changes are tried out here before prd, with prd's guards and smaller sizes.
environment = "hot"
account_id  = "123456789012"
region      = "eu-central-1"

tokens = {
  issuer   = "https://login.example.org"
  audience = "millrace-hot"
}

deletion_protection = false
recovery_days       = 7
log_retention_days  = 30

waf          = true
alarms       = true
alarm_emails = ["operations@example.org"]
