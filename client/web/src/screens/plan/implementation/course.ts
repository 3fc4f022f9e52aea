// How far the actions of a goal have come.
import { oneOf, said, STATUSES, timing, type Action } from '../../../edit/kinds'
import type { Placed } from '../../../edit/order'

export interface Course {
  of: number
  done: number
  doing: number
  late: number
}

/** Groups keep their identity while nothing in them changes, so that each is counted once. */
const counted = new WeakMap<readonly Placed<Action>[], { day: string; course: Course }>()

export function courseOf(actions: readonly Placed<Action>[], today: string): Course {
  const known = counted.get(actions)
  if (known?.day === today) return known.course
  const course = { of: actions.length, done: 0, doing: 0, late: 0 }
  for (const { item } of actions) {
    const status = oneOf(STATUSES, item.status)
    if (status === 'done') course.done += 1
    else if (status === 'in_progress') course.doing += 1
    if (timing(said(item.due), status === 'done', today) === 'late') course.late += 1
  }
  counted.set(actions, { day: today, course })
  return course
}

export function together(courses: readonly Course[]): Course {
  const sum = { of: 0, done: 0, doing: 0, late: 0 }
  for (const course of courses) {
    sum.of += course.of
    sum.done += course.done
    sum.doing += course.doing
    sum.late += course.late
  }
  return sum
}
