package voorman.authz

# After customer data was read, mail goes to nobody outside.
objection contains "No mail leaves the house after customer data was read." if {
	"customer_data" in input.history.data_classes
	some address in input.recipients
	not endswith(address, "@shop.example")
}
