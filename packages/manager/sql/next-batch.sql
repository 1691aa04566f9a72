update farm set batch = $1 where batch = $1 - 1
