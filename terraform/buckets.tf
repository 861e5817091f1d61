module "bucket" {
  source   = "./modules/bucket"
  for_each = local.resources.buckets

  name                   = "${local.prefix}-${each.key}-${var.account_id}"
  expire_days            = lookup(each.value, "expireDays", null)
  expire_days_by_prefix  = lookup(each.value, "expireDaysByPrefix", {})
  object_lock            = lookup(each.value, "objectLock", false)
  infrequent_access_days = var.infrequent_access_days
  force_destroy          = !var.deletion_protection
  key_arn                = module.data_key.arn
}

resource "aws_s3_bucket_notification" "bucket" {
  for_each = {
    for bucket, triggers in local.bucket_triggers : bucket => { functions = triggers, queues = local.bucket_queues[bucket] }
    if length(triggers) + length(local.bucket_queues[bucket]) > 0
  }

  bucket = module.bucket[each.key].name

  dynamic "lambda_function" {
    for_each = each.value.functions

    content {
      id                  = "${lambda_function.value.function}-${lambda_function.key}"
      lambda_function_arn = module.function[lambda_function.value.function].target_arn
      events              = lambda_function.value.events
      filter_prefix       = lambda_function.value.prefix
      filter_suffix       = lambda_function.value.suffix
    }
  }

  dynamic "queue" {
    for_each = each.value.queues

    content {
      id            = "${queue.value.queue}-${queue.key}"
      queue_arn     = module.queue[queue.value.queue].arn
      events        = queue.value.events
      filter_prefix = queue.value.prefix
    }
  }

  # S3 tries the permission when the notification is set.
  depends_on = [aws_lambda_permission.bucket, module.queue]
}

resource "aws_lambda_permission" "bucket" {
  for_each = merge([
    for bucket, triggers in local.bucket_triggers : { for trigger in triggers : "${trigger.function}/${bucket}" => { function = trigger.function, bucket = bucket }... }
  ]...)

  statement_id   = "bucket-${each.value[0].bucket}"
  action         = "lambda:InvokeFunction"
  function_name  = module.function[each.value[0].function].name
  qualifier      = module.function[each.value[0].function].qualifier
  principal      = "s3.amazonaws.com"
  source_arn     = module.bucket[each.value[0].bucket].arn
  source_account = var.account_id
}
