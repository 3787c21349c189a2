module hubmeter.test/pause

go 1.25.0
