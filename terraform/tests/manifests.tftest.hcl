# Manifests with every kind of trigger and right, read the way the platform's own are. Run with TF_WORKSPACE=dev.
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

run "functions" {
  command = plan

  assert {
    condition     = keys(module.function) == ["shop-api", "shop-auditor", "shop-authorizer", "shop-closing", "shop-files", "shop-reader", "shop-relay", "shop-worker"]
    error_message = "Each folder with a manifest is a function."
  }

  assert {
    condition     = local.functions["shop-worker"].concurrency == { reserved = 5, provisioned = null } && local.functions["shop-api"].concurrency == { reserved = null, provisioned = 2 }
    error_message = "Concurrency is the manifest's."
  }

  assert {
    condition     = alltrue([for name, function in module.function : function.qualifier == "live" && endswith(local.target_arns[name], ":function:millrace-dev-${name}:live")])
    error_message = "Aliases are invoked, and nothing else."
  }

  assert {
    condition = local.environment_variables["shop-api"] == {
      ENVIRONMENT                  = "dev"
      NODE_OPTIONS                 = "--enable-source-maps"
      ORDERS_QUEUE_URL             = "https://sqs.eu-central-1.amazonaws.com/123456789012/millrace-dev-orders"
      ORDERS_TABLE                 = "millrace-dev-orders"
      POWERTOOLS_METRICS_NAMESPACE = "millrace-dev"
      POWERTOOLS_SERVICE_NAME      = "shop-api"
      RELEASE_VERSION              = "unreleased"
      SEALS_KEY_ID                 = "alias/millrace-dev-seals"
      UNREAD_ORDERS_QUEUE_URL      = "https://sqs.eu-central-1.amazonaws.com/123456789012/millrace-dev-unread-orders"
    }
    error_message = "A function knows what it may touch and the settings it lists."
  }
}

run "roles_that_use_the_key" {
  command = plan

  variables {
    role_path = "/millrace/"
  }

  assert {
    condition = local.role_arns == concat(
      [for name in ["shop-api", "shop-auditor", "shop-authorizer", "shop-closing", "shop-files", "shop-reader", "shop-relay", "shop-worker"] : "arn:aws:iam::123456789012:role/millrace/millrace-dev-${name}"],
      [for name in ["shop-closing-1-schedule", "shop-closing-2-schedule"] : "arn:aws:iam::123456789012:role/millrace/millrace-dev-${name}"],
    )
    error_message = "The key for data at rest admits each role by its ARN, path and all."
  }
}

run "concurrency_of_the_environment" {
  command = plan

  variables {
    concurrency = { shop-worker = { reserved = 50 }, shop-relay = { provisioned = 1 } }
  }

  assert {
    condition     = local.functions["shop-worker"].concurrency.reserved == 50 && local.functions["shop-relay"].concurrency.provisioned == 1 && local.functions["shop-api"].concurrency.provisioned == 2
    error_message = "An environment's settings come over the manifests'."
  }
}

run "grants" {
  command = plan

  assert {
    condition = jsonencode(local.statements["shop-worker"]) == jsonencode([
      {
        actions       = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem"]
        request_alias = null
        resources     = ["arn:aws:dynamodb:eu-central-1:123456789012:table/millrace-dev-orders", "arn:aws:dynamodb:eu-central-1:123456789012:table/millrace-dev-orders/index/*"]
      },
      {
        actions       = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"]
        request_alias = null
        resources     = ["arn:aws:sqs:eu-central-1:123456789012:millrace-dev-orders"]
      },
      {
        actions       = ["sqs:SendMessage"]
        request_alias = null
        resources     = ["arn:aws:sqs:eu-central-1:123456789012:millrace-dev-orders-dead"]
      },
    ])
    error_message = "A queue's consumer may take from it, put on its dead-letter queue, and what its access says."
  }

  assert {
    condition     = length(local.statements["shop-authorizer"]) == 0
    error_message = "Who has no access has no grant."
  }

  assert {
    condition     = local.statements["shop-files"][0].resources[0] == "arn:aws:s3:::millrace-dev-delivery-123456789012/*" && local.statements["shop-files"][1].resources[0] == "arn:aws:s3:::millrace-dev-delivery-123456789012"
    error_message = "Reading is a right on objects, listing one on the bucket."
  }

  assert {
    condition     = contains(flatten([for s in local.statements["shop-reader"] : s.resources]), "arn:aws:dynamodb:eu-central-1:123456789012:table/millrace-dev-orders/stream/*")
    error_message = "A table's trigger brings its stream."
  }
}

run "triggers" {
  command = plan

  assert {
    condition     = local.consumer_timeouts == { orders = [30], orders-audit = [10], unread-orders = [] }
    error_message = "A queue's visibility follows its consumers' time-outs."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.queue["shop-worker/orders"].batch_size == 100 && aws_lambda_event_source_mapping.queue["shop-worker/orders"].scaling_config[0].maximum_concurrency == 2
    error_message = "A queue's batches are the manifest's."
  }

  assert {
    condition     = alltrue([for mapping in merge(aws_lambda_event_source_mapping.queue, aws_lambda_event_source_mapping.table) : mapping.function_response_types == toset(["ReportBatchItemFailures"])])
    error_message = "Consumers report failures item by item."
  }

  assert {
    condition     = one(one(aws_lambda_event_source_mapping.table["shop-reader/orders"].filter_criteria).filter).pattern == "{\"eventName\":[\"INSERT\"]}"
    error_message = "A table's filter is the manifest's."
  }

  assert {
    condition     = jsonencode([for target in aws_s3_bucket_notification.bucket["delivery"].lambda_function : target.filter_suffix]) == jsonencode([".csv", null])
    error_message = "A bucket has one notification with all its triggers."
  }

  assert {
    condition     = keys(aws_lambda_permission.bucket) == ["shop-files/delivery"] && keys(aws_lambda_permission.topic) == ["shop-files/notices"] && keys(aws_lambda_permission.bus) == ["shop-relay-1", "shop-relay-2"]
    error_message = "Each source may invoke the function it triggers."
  }

  assert {
    condition     = aws_sns_topic_subscription.function["shop-files/notices"].filter_policy == "{\"kind\":[\"delivered\"]}"
    error_message = "A topic's filter is the manifest's."
  }

  assert {
    condition     = keys(module.dead_letters) == ["shop-closing", "shop-files", "shop-reader", "shop-relay"]
    error_message = "Who is invoked asynchronously or reads a stream has a dead-letter queue of its own."
  }
}

run "schedules" {
  command = plan

  assert {
    condition     = keys(module.schedule) == ["shop-closing-1", "shop-closing-2"] && local.schedule_triggers["shop-closing-1"] == { expression = "cron(0 3 * * ? *)", timezone = "Europe/Berlin", function = "shop-closing" } && local.schedule_triggers["shop-closing-2"].timezone == "UTC"
    error_message = "Each schedule of a manifest is one of Scheduler's."
  }

  assert {
    condition     = local.functions["shop-closing"].asynchronous && local.functions["shop-closing"].dead_letters
    error_message = "What runs by the clock is tried three times, then kept."
  }
}

run "limits_that_the_plans_fit_into" {
  command = plan

  variables {
    organizations = { first-credit = { rate_per_second = 100, burst = 200, quota_per_day = 5000000 } }
    waf           = true
  }

  assert {
    condition     = local.route_throttle == { rate_per_second = 188, burst = 375 }
    error_message = "A route takes what all plans together send (150/s, burst 300), and a quarter more."
  }

  assert {
    condition     = local.requests_per_address == 45000
    error_message = "An address may send one and a half times the largest plan's 100/s for five minutes."
  }

  assert {
    condition = local.too_many_requests == {
      type = "urn:millrace:problem:too-many-requests", title = "Too Many Requests", status = 429, detail = "The rate of requests is above the limit.", code = "TOO_MANY_REQUESTS"
    }
    error_message = "The firewall refuses an address in the gateway's words."
  }
}

run "outside_of_a_private_network" {
  command = plan

  assert {
    condition     = length(module.network) == 0 && length(module.alarms) == 0 && length(module.waf) == 0
    error_message = "Network, alarms and firewall are there only where the settings ask for them."
  }
}

run "in_a_private_network" {
  command = plan

  variables {
    private_network = true
  }

  assert {
    condition     = local.called_services == toset(["events", "kms", "sns", "sqs"]) && length(var.network_endpoints) == 0
    error_message = "The endpoints are those of the services that functions inside call."
  }

  assert {
    condition     = local.networks["none"] == null && local.networks["private"] != null && local.networks["egress"] != null
    error_message = "A function is placed where its manifest says."
  }
}

run "alarms_have_an_entry_in_the_runbook" {
  command = plan

  variables {
    alarms             = true
    alarm_emails       = ["operations@example.org"]
    monthly_budget_usd = 100
    domain             = { name = "api.example.org", certificate_arn = "arn:aws:acm:eu-central-1:123456789012:certificate/00000000-0000-0000-0000-000000000000" }
  }

  assert {
    condition     = length(output.alarm_kinds) == 18
    error_message = "The fixture raises every kind of alarm that there is."
  }

  assert {
    condition     = toset(flatten(regexall("(?m)^## ([a-z0-9-]+)$", file("../docs/runbook.md")))) == toset(output.alarm_kinds)
    error_message = "docs/runbook.md has an entry for each kind of alarm, and for no other."
  }

  assert {
    condition     = !contains(keys(local.function_alarms), "shop-authorizer-errors") && local.function_alarms["shop-authorizer-fault"].metric == "AuthorizerFault"
    error_message = "A bad token is no fault of the authorizer."
  }

  assert {
    condition     = { for name, alarm in local.function_alarms : name => alarm.threshold if endswith(name, "-duration") } == { shop-api-duration = 8000, shop-authorizer-duration = 4000, shop-closing-duration = 48000 }
    error_message = "Near its time-out a route or a scheduled run is watched, a consumer is not: its queue's age tells."
  }

  assert {
    condition     = { for name, alarm in local.queue_alarms : name => alarm.threshold if endswith(name, "-age") } == { orders-age = 300, orders-audit-age = 300 }
    error_message = "A queue without a consumer has no age to watch."
  }

  assert {
    condition     = [for name, alarm in local.function_alarms : alarm.dimensions.service if alarm.metric == "MessagesRejected"] == ["shop-closing", "shop-relay", "shop-worker"]
    error_message = "What is given to a queue's, the bus's or a schedule's function and can never be worked off is told."
  }

  assert {
    condition     = { for name, alarm in local.function_alarms : name => alarm.dimensions if alarm.metric == "AuditRejected" } == { shop-auditor-audit-rejected = { service = "shop-auditor" } }
    error_message = "An audit event that is rejected has an alarm of its own, instead of that of other messages."
  }

  assert {
    condition     = [local.schedule_alarms["shop-closing-missed"].missing, local.schedule_alarms["shop-closing-missed"].comparison, local.schedule_alarms["shop-closing-missed"].period, local.schedule_alarms["shop-closing-missed"].periods] == ["breaching", "LessThanThreshold", 3600, 3]
    error_message = "A run that does not come is told, after the pause of the more frequent schedule and two hours."
  }

  assert {
    condition     = local.schedule_alarms["schedules-errors"].dimensions == { ScheduleGroup = "millrace-dev" } && local.schedule_alarms["schedules-errors"].also == ["InvocationDroppedCount"]
    error_message = "What Scheduler could not hand over is counted for the environment's group."
  }
}

run "age_of_a_slow_queue" {
  command = plan

  assert {
    condition     = local.queue_visibility == { orders = 90, orders-audit = 60, unread-orders = 30 }
    error_message = "A queue's own visibility comes before six times its consumer's time-out; nobody's is SQS's own."
  }

  variables {
    queue_age_seconds = 100
  }

  assert {
    condition     = local.queue_alarms["orders-age"].threshold == 120
    error_message = "A killed worker's message is seen again after 90 s and worked on for 30: until then it is not late."
  }
}
