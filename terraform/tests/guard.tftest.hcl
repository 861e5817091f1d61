# Run with TF_WORKSPACE=dev: what an environment is comes from the workspace.
mock_provider "aws" {
  source = "./tests/mocks"
}

variables {
  environment      = "dev"
  account_id       = "123456789012"
  region           = "eu-central-1"
  functions_folder = "tests/fixtures/functions"
  build_folder     = "tests/fixtures/build"
  tokens           = { issuer = "https://login.example.org", audience = "millrace" }
}

run "lets_the_right_one_in" {
  command = plan
}

run "refuses_another_account" {
  command = plan

  variables {
    account_id = "999999999999"
  }

  expect_failures = [terraform_data.guard]
}

run "refuses_another_environments_settings" {
  command = plan

  variables {
    environment = "prd"
  }

  expect_failures = [terraform_data.guard]
}

run "refuses_an_environment_called_default" {
  command = plan

  variables {
    environment = "default"
  }

  expect_failures = [var.environment]
}

run "refuses_concurrency_of_nobody" {
  command = plan

  variables {
    concurrency = { shop-nobody = { reserved = 1 } }
  }

  expect_failures = [terraform_data.guard]
}

run "refuses_two_sources_of_tokens" {
  command = plan

  variables {
    user_pool = true
  }

  expect_failures = [var.tokens]
}

run "refuses_an_issuer_without_tls" {
  command = plan

  variables {
    tokens = { issuer = "http://login.example.org", audience = "millrace" }
  }

  expect_failures = [var.tokens]
}

run "refuses_routes_slower_than_the_plans_together" {
  command = plan

  variables {
    organizations  = { first-credit = { rate_per_second = 100, burst = 200, quota_per_day = 5000000 } }
    route_throttle = { rate_per_second = 187, burst = 375 }
  }

  expect_failures = [terraform_data.guard]
}

run "refuses_a_firewall_slower_than_the_largest_plan" {
  command = plan

  variables {
    organizations                 = { first-credit = { rate_per_second = 100, burst = 200, quota_per_day = 5000000 } }
    waf_requests_per_five_minutes = 44999
  }

  expect_failures = [terraform_data.guard]
}

run "takes_limits_that_the_plans_fit_into" {
  command = plan

  variables {
    organizations                 = { first-credit = { rate_per_second = 100, burst = 200, quota_per_day = 5000000 } }
    route_throttle                = { rate_per_second = 188, burst = 375 }
    waf_requests_per_five_minutes = 45000
  }
}

run "refuses_to_warm_a_table_that_is_not_there" {
  command = plan

  variables {
    table_warmth = { nobodys = { read_units = 12000, write_units = 4000 } }
  }

  expect_failures = [terraform_data.guard]
}
