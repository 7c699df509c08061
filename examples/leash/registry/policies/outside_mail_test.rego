package voorman.authz_test

import data.voorman.authz

mail(address, classes) := {
	"schema": 1,
	"action": "tool_execute",
	"agent": "support-bot",
	"recipients": ["someone@shop.example", address],
	"history": {"tools": [], "data_classes": classes, "denials": 0},
}

sentence := "No mail leaves the house after customer data was read."

test_mail_goes_outside_before_customer_data_was_read if {
	not sentence in authz.objection with input as mail("eve@elsewhere.example", [])
}

test_mail_stays_inside_afterwards if {
	sentence in authz.objection with input as mail("eve@elsewhere.example", ["customer_data"])
	not sentence in authz.objection with input as mail("ada@shop.example", ["customer_data"])
}
