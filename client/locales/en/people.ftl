# People of the school.
people-title = People of the school
people-me = You
sign-out = Sign out
person-add = Add a person
person-name = Name
person-password = First password
person-role = Role
role-director = head
role-deputy = deputy head
role-teacher = teacher
role-reader = read only
role-what-director = Speaks for the school: joins networks, invites schools, adds people.
role-what-deputy = Makes documents and writes in them.
role-what-teacher = Makes documents and writes in them.
role-what-reader = Reads documents and does not change them.
error-unsaved-words = Your latest words are only in this tab so far. Please stay until they are saved on the school computer.
