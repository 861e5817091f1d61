mock_provider "aws" {
  mock_resource "aws_cloudwatch_event_bus" {
    defaults = { arn = "arn:aws:events:eu-central-1:123456789012:event-bus/millrace-dev-bus" }
  }
}

variables {
  name        = "millrace-dev-bus"
  description = "Every state change that others may care about."
  key_arn     = "arn:aws:kms:eu-central-1:123456789012:key/00000000-0000-0000-0000-000000000000"
}

run "bus_without_archive" {
  command = plan

  assert {
    condition     = aws_cloudwatch_event_bus.bus.kms_key_identifier == var.key_arn && length(aws_cloudwatch_event_archive.bus) == 0
    error_message = "The bus is encrypted; there is no archive unless asked for."
  }
}

run "rule_with_dead_letters" {
  variables {
    archive_days = 30
    rules = {
      millrace-dev-events-relay-1 = {
        pattern               = "{\"source\":[\"millrace.data\"]}"
        target_arn            = "arn:aws:lambda:eu-central-1:123456789012:function:millrace-dev-events-relay"
        dead_letter_queue_arn = "arn:aws:sqs:eu-central-1:123456789012:millrace-dev-events-relay-dead"
      }
    }
  }

  assert {
    condition     = aws_cloudwatch_event_archive.bus[0].retention_days == 30
    error_message = "Events are kept for replay."
  }

  assert {
    condition     = aws_cloudwatch_event_target.rule["millrace-dev-events-relay-1"].dead_letter_config[0].arn == "arn:aws:sqs:eu-central-1:123456789012:millrace-dev-events-relay-dead"
    error_message = "What cannot be delivered is kept."
  }

  assert {
    condition     = aws_cloudwatch_event_rule.rule["millrace-dev-events-relay-1"].event_bus_name == "millrace-dev-bus"
    error_message = "The rule listens on the bus."
  }
}
