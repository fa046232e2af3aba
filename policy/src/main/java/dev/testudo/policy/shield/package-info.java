/// The rules of the network shield as its `SCONE_NETWORK_SHIELD_*` variables state them.
package dev.testudo.policy.shield;
