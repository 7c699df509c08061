# About the profiles that are shipped: whoever replaces profiles.rego replaces this file too.
package voorman.authz_test

import data.voorman.authz

test_no_profile_allows_an_effect_that_happens_once if {
	every profile in authz.profiles {
		not "once" in profile.effects
	}
}
