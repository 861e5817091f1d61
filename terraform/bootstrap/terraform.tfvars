# Placeholders: put in your own account, region and repository.
account_id = "123456789012"
region     = "eu-central-1"
repository = "example/millrace"

environments = {
  dev = { test_users = true }
  hot = { test_users = true }
  prd = { release = true, private_network = true }
}
