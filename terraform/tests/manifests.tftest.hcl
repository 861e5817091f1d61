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
      ["arn:aws:iam::123456789012:role/millrace/millrace-dev-notes-stream"],
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
    condition     = [for target in aws_s3_bucket_notification.bucket["delivery"].queue : [target.filter_prefix, join(",", target.events)]] == [["orders/", "s3:ObjectCreated:*"], ["returns/", "s3:ObjectCreated:*"]] && module.queue["unread-orders"].fed_from == "arn:aws:s3:::millrace-dev-delivery-123456789012"
    error_message = "A queue that is fed from a bucket gets a notification for each prefix, and admits that bucket."
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
    condition     = [for filter in values(aws_cloudwatch_log_subscription_filter.function) : filter.log_group_name] == [for name in ["shop-api", "shop-authorizer", "shop-closing", "shop-reader", "shop-worker"] : "/aws/lambda/millrace-dev-${name}"]
    error_message = "Log lines come from all functions but those that the manifest names."
  }

  assert {
    condition     = alltrue([for filter in aws_cloudwatch_log_subscription_filter.function : filter.filter_pattern == "{ $.durationMs >= 0 }" && endswith(filter.destination_arn, ":function:millrace-dev-shop-relay:live")])
    error_message = "The lines that close invocations go to the alias of the function."
  }

  assert {
    condition     = aws_lambda_permission.log_lines["shop-relay"].source_arn == "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/millrace-dev-*:*" && aws_lambda_permission.log_lines["shop-relay"].source_account == "123456789012"
    error_message = "Log groups of this environment alone may invoke the function."
  }

  assert {
    condition     = keys(module.dead_letters) == ["shop-closing", "shop-files", "shop-reader", "shop-relay"]
    error_message = "Who is invoked asynchronously or reads a stream has a dead-letter queue of its own."
  }
}

run "streams" {
  command = plan

  variables {
    log_streams = 3
  }

  assert {
    condition     = keys(module.stream) == ["notes", "notes-1", "notes-2"]
    error_message = "There are as many streams as the setting says."
  }

  assert {
    condition     = local.streams["notes-1"].filter == "{\"stream\":[\"1\"]}" && jsondecode(local.streams["notes"].filter)["$or"][1].stream[0]["anything-but"] == ["1", "2"]
    error_message = "Each stream gets its own messages, the first also those that are meant for none that there is."
  }

  assert {
    condition     = local.stream_alarms["notes-2-partitions"].dimensions == { DeliveryStreamName = "millrace-dev-notes-2" } && local.stream_alarms["notes-freshness"].threshold == 900
    error_message = "Each stream is watched."
  }

  assert {
    condition     = contains(flatten([for s in local.statements["shop-files"] : s.resources]), "arn:aws:firehose:eu-central-1:123456789012:deliverystream/millrace-dev-notes-*") && local.environment_variables["shop-files"].NOTES_STREAM == "millrace-dev-notes"
    error_message = "Who may put on a stream may put on all of its number."
  }
}

run "one_stream" {
  command = plan

  assert {
    condition     = local.streams["notes"].filter == null
    error_message = "A stream that is alone gets every message."
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
    condition     = local.called_services == toset(["events", "firehose", "kms", "sns", "sqs"]) && length(var.network_endpoints) == 0
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
    condition     = length(output.alarm_kinds) == 27
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

# What the platform's own functions folder says of the lake: its tables, its workgroup and the reader's role.
run "queries_of_the_lake" {
  command = plan

  variables {
    functions_folder = "../functions"
    build_folder     = "../dist"
  }

  assert {
    condition     = aws_athena_workgroup.workgroup["logs"].configuration[0].enforce_workgroup_configuration == false && aws_athena_workgroup.workgroup["logs"].configuration[0].bytes_scanned_cutoff_per_query == 100000000000
    error_message = "The workgroup is not enforced, or results would share a folder; it ends a query at 100 GB."
  }

  assert {
    condition = aws_glue_catalog_table.lake["web"].parameters == tomap({
      EXTERNAL                        = "TRUE"
      classification                  = "json"
      "projection.enabled"            = "true"
      "projection.environment.type"   = "enum"
      "projection.environment.values" = "dev"
      "projection.organization.type"  = "injected"
      "projection.year.type"          = "integer"
      "projection.year.range"         = "2020,2099"
      "projection.month.type"         = "integer"
      "projection.month.range"        = "1,12"
      "projection.month.digits"       = "2"
      "projection.day.type"           = "integer"
      "projection.day.range"          = "1,31"
      "projection.day.digits"         = "2"
      "projection.hour.type"          = "integer"
      "projection.hour.range"         = "0,23"
      "projection.hour.digits"        = "2"
      "storage.location.template"     = "s3://millrace-dev-lake-123456789012/logs/environment=$${environment}/organization=$${organization}/logtype=web/year=$${year}/month=$${month}/day=$${day}/hour=$${hour}/"
    })
    error_message = "Every partition column of a table is projected, and its template names each, with a slash at its end."
  }

  assert {
    condition = alltrue([
      for name, table in local.lake.tables : alltrue([
        for partition in table.partitions : contains(keys(aws_glue_catalog_table.lake[name].parameters), "projection.${partition.name}.type") && strcontains(table.template, "$${${partition.name}}")
      ])
    ])
    error_message = "A partition column without a projection fails every query of its table."
  }

  assert {
    condition     = aws_glue_catalog_table.lake["web_compacted"].storage_descriptor[0].ser_de_info[0].serialization_library == "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" && aws_glue_catalog_table.lake["web_compacted"].parameters["projection.generation.type"] == "integer"
    error_message = "Compacted days are Parquet, by generation."
  }

  assert {
    condition = local.reader_statements["logs"][0].resources == [
      "arn:aws:s3:::millrace-dev-lake-123456789012/logs/environment=dev/organization=$${aws:PrincipalTag/organization}/*",
      "arn:aws:s3:::millrace-dev-lake-123456789012/compacted/environment=dev/organization=$${aws:PrincipalTag/organization}/*",
    ]
    error_message = "A session reads the folders of the organization that its tag names, and no other."
  }

  assert {
    condition     = local.reader_statements["logs"][1].effect == "Deny" && local.reader_statements["logs"][1].unless_tag == { events = "read" }
    error_message = "Stored events are denied to a session that does not say so."
  }

  assert {
    condition = alltrue([
      for statement in local.reader_statements["logs"] : alltrue([for resource in concat(statement.resources, statement.prefixes) : !strcontains(resource, "{lake}") && !can(regex("\\{[a-z]+\\}", replace(resource, "$${aws:PrincipalTag/organization}", "")))])
    ])
    error_message = "A word in braces has nothing that stands for it."
  }

  assert {
    condition     = toset(local.session_openers["logs"]) == toset([for name in ["logs-query-watcher", "logs-searcher"] : "arn:aws:iam::123456789012:role/millrace-dev-${name}"])
    error_message = "Only functions whose manifests say so open the reader's sessions."
  }

  assert {
    condition     = contains(local.role_arns, "arn:aws:iam::123456789012:role/millrace-dev-logs-reader")
    error_message = "The reader uses the key for data at rest through S3."
  }

  assert {
    condition     = length(aws_athena_named_query.query) == 5 && alltrue([for query in values(aws_athena_named_query.query) : !strcontains(query.query, "{") && strcontains(query.query, "millrace_dev_logs") && strcontains(query.query, "_compacted")])
    error_message = "The named queries read both tables of the environment's database."
  }
}
