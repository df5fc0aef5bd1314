module timetwin.example

go 1.19
