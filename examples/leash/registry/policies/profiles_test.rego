package voorman.authz_test

import data.voorman.authz

test_only_the_profile_of_this_team_allows_an_effect_that_happens_once if {
	{name | some name, profile in authz.profiles; "once" in profile.effects} == {"support"}
}
