locals {
  # By function, because its invocations are counted: its most frequent schedule is the first to be late. From an hour
  # on CloudWatch counts by the hour, and two hours more are for the change to summer time and for a late metric.
  missed_after = {
    for function, minutes in {
      for function in distinct(values(local.schedule_triggers)[*].function) : function => [
        for name, schedule in module.schedule : schedule.minutes_between_runs if schedule.minutes_between_runs != null && local.schedule_triggers[name].function == function
      ]
      } : function => (
      min(minutes...) < 60 ?
      { period = 60 * min(minutes...), periods = 3 } :
      { period = 3600, periods = ceil(min(minutes...) / 60) + 2 }
    ) if length(minutes) > 0
  }

  schedule_alarms = merge(
    {
      for function, window in local.missed_after : "${function}-missed" => {
        kind       = "schedule-missed"
        advice     = "${function} did not run when its schedule said: see whether the schedule is enabled and its role is trusted, then run it by hand."
        namespace  = "AWS/Lambda"
        metric     = "Invocations"
        dimensions = { FunctionName = local.functions[function].full_name }
        statistic  = "Sum"
        threshold  = 1
        comparison = "LessThanThreshold"
        period     = window.period
        periods    = window.periods
        missing    = "breaching"
      }
    },
    # A run that leaves work makes it up the next night; four nights in a row do not.
    {
      for function in keys(local.missed_after) : "${function}-behind" => {
        kind       = "schedule-behind"
        advice     = "${function} has left work undone for four days: its lines of level error name what failed, and why."
        namespace  = local.prefix
        metric     = "WorkLeft"
        dimensions = { service = function }
        statistic  = "Sum"
        threshold  = 1
        period     = 86400
        periods    = 4
      }
    },
    {
      for group in length(local.schedule_triggers) > 0 ? [local.prefix] : [] : "schedules-errors" => {
        kind       = "schedule-errors"
        advice     = "Scheduler could not hand a run to its function: look at the roles of the schedules and at the functions' dead letters."
        namespace  = "AWS/Scheduler"
        metric     = "TargetErrorCount"
        also       = ["InvocationDroppedCount"]
        dimensions = { ScheduleGroup = group }
        statistic  = "Sum"
        threshold  = 1
      }
    },
  )
}
